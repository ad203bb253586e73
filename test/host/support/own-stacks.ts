/** Stacks of an operator's own for tests inside a throw-away host: as folders in /etc/host-setup/stacks, with an answers file each. */
import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import type {ThrowAway} from '#rehearse/throwaway.ts';

const made = (host: ThrowAway, path: string, text: string): void => {
	mkdirSync(join(host.root, path, '..'), {recursive: true, mode: 0o755});
	writeFileSync(join(host.root, path), text, {mode: 0o644});
};

/** One stack whose steps have no question but a password; gives the answers file. `steps` is the text of a list: `[step({...})]`. */
export const ownStack = (host: ThrowAway, id: string, steps: string): string => {
	made(
		host,
		`/etc/host-setup/stacks/${id}/stack.ts`,
		`export default ({z, defineStack, step, steps, questions, makers}) => defineStack({
	id: '${id}', title: 'Stack ${id}', about: 'Of a test.', guide: 'none', steps: ${steps},
});
`,
	);
	return `/root/${id}.yaml`;
};

export const answersOf = (host: ThrowAway, id: string, sections: Readonly<Record<string, unknown>>): string => {
	const path = `/root/${id}.yaml`;
	made(host, path, JSON.stringify({version: 1, stack: id, ...sections}));
	return path;
};
