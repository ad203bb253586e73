/** A secret that an installed answer refers to, in its box: generated ones from setup's own store, others from the file they were given in. */
import type {Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {Secret} from '#model/secret.ts';
import {Blocked} from '#model/unknown.ts';

const store = '/var/lib/host-setup/secrets.json';

/** Where a secret of an installed stack is: `key` is `stack/step.key`, `ref` what was answered: `{secret: generate}`, `{file: PATH}`. */
export type KeptSecret = {readonly key: string; readonly ref: Readonly<Record<string, Json>>};

/** Throws Blocked for what only the operator has. */
export const storedSecret = async (host: Reader, {key, ref}: KeptSecret): Promise<Secret> => {
	const path = typeof ref['file'] === 'string' ? ref['file'] : undefined;
	const value = path === undefined ? await generated(host, key) : text(await host.read(path))?.replace(/\r?\n$/, '');
	if (value === undefined)
		throw new Blocked({because: 'unreadable', need: `the secret ${key} is neither in ${store} nor in a file`});
	return new Secret(key, value);
};

const generated = async (host: Reader, key: string): Promise<string | undefined> => {
	const kept = text(await host.read(store));
	if (kept === undefined) return undefined;
	try {
		return (JSON.parse(kept) as {readonly secrets?: Readonly<Record<string, string>>}).secrets?.[key];
	} catch {
		// The parser's message would quote the text.
		throw new Blocked({because: 'unreadable', need: `${store} does not hold what setup wrote there`});
	}
};

const text = (bytes: Uint8Array | undefined): string | undefined =>
	bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
