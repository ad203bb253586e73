import {describe, expect, it} from 'vitest';
import {matches, staticPart} from '#host/files/glob.ts';

describe('matches', () => {
	it.each([
		['app/settings.py', ['app/settings.py'], true],
		['app/settings.py.bak', ['app/settings.py'], false],
		['site/a/b.html', ['site/'], true],
		['sites/a', ['site'], false],
		['anything/at/all', ['.'], true],
		['site/.gitkeep', ['site/**'], true],
		['app/migrations/0001_initial.py', ['*/migrations/*.py'], true],
		['a/b/migrations/0001.py', ['*/migrations/*.py'], false],
		['a/b/migrations/0001.py', ['**/migrations/*.py'], true],
		['migrations/0001.py', ['**/migrations/*.py'], true],
		['a+b(1)/x.css', ['a+b(1)/?.css'], true],
		['aab1/x.css', ['a+b(1)/?.css'], false],
		['nginx/conf/nginx.conf', ['**/conf/**'], true],
		['line\nbreak.py', ['*.py'], true],
	])('%s in %s: %s', (path, patterns, expected) => expect(matches(path, patterns)).toBe(expected));
});

it('starts the search at the first directory that may vary', () => {
	expect(['a/b/*.py', '**/x', 'a/b/', 'a/b?c/d'].map(staticPart)).toEqual(['a/b', '', 'a/b', 'a']);
});
