import {describe, expect, it} from 'vitest';
import {parseStatus} from '#resources/git/look.ts';
import {pickRef} from '#resources/git/ref.ts';

const [a, b, c] = ['a'.repeat(40), 'b'.repeat(40), 'c'.repeat(40)];

it('reads the status of a tree', () => {
	const text = [
		`# branch.oid ${a}`,
		'# branch.head main',
		`1 .M N... 100644 100644 100644 ${b} ${b} wui/settings with space.py`,
		`1 .D N... 100644 100644 000000 ${b} ${b} docs/.gitkeep`,
		`1 M. N... 100644 100644 100644 ${b} ${c} staged.py`,
		`u UU N... 100644 100644 100644 100644 ${a} ${b} ${c} both.py`,
		'? new\nname.py',
		'! node_modules/',
		'',
	].join('\0');
	expect(parseStatus(text)).toEqual({
		head: a,
		branch: 'main',
		files: [
			{path: 'wui/settings with space.py', kind: 'changed'},
			{path: 'docs/.gitkeep', kind: 'missing'},
			{path: 'staged.py', kind: 'changed'},
			{path: 'both.py', kind: 'changed'},
			{path: 'new\nname.py', kind: 'untracked'},
			{path: 'node_modules/', kind: 'untracked'},
		],
	});
	expect(parseStatus('# branch.oid (initial)\0# branch.head (detached)\0')).toEqual({
		head: undefined,
		branch: undefined,
		files: [],
	});
});

describe('a name on the other side', () => {
	const refs = `${a}\trefs/heads/x\n${b}\trefs/tags/x\n${c}\trefs/tags/x^{}\n`;
	it.each([
		['x', {kind: 'branch', name: 'x', commit: a}],
		['refs/tags/x', {kind: 'tag', name: 'x', commit: c}],
		['refs/heads/x', {kind: 'branch', name: 'x', commit: a}],
		['y', undefined],
	])('%s', (ref, expected) => expect(pickRef(refs, ref)).toEqual(expected));
});
