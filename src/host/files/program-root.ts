/** Where this program lies, from the checkout and from its bundle alike: what it ships beside its code (fixtures, types) is found from there. */
import {existsSync} from 'node:fs';
import {dirname, join} from 'node:path';

/** The nearest folder above with a package.json. */
export const programRoot = (): string => {
	let at = import.meta.dirname;
	while (!existsSync(join(at, 'package.json')) && at !== '/') at = dirname(at);
	return at;
};
