/** The secrets of what is installed here: by which name each goes, where it lies, and whether setup may put another there. */
import {join} from 'node:path';
import type {LoadedSecret} from '#answers/file/load.ts';
import {typedFolder} from '#answers/interview/secret-words.ts';
import {didYouMean} from '#answers/resolve/did-you-mean.ts';
import {readExisting} from '#answers/secrets/secret-sources.ts';
import {readSecretStore, writeSecretStore} from '#answers/secrets/secret-store.ts';
import {readState} from '#answers/state.ts';
import {writeOwnFile} from '#host/files/own-file.ts';
import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import {type Opened, openStack} from './open-stack.ts';
import type {Place} from './state-place.ts';

export type InstalledSecret = {
	/** As it is typed: `postgres.password`, with its stack before it where several have one of that name. */
	readonly name: string;
	readonly stack: string;
	readonly secret: LoadedSecret;
	/** `store`: setup's own; `typed`: typed in the wizard, a file of setup's; `elsewhere`: the operator's. */
	readonly lies:
		| {readonly in: 'store'; readonly key: string}
		| {readonly in: 'typed' | 'elsewhere'; readonly at: string};
};

/** All of them, of every installed stack, in the order of its steps. */
export const installedSecrets = async (place: Place, reader: Reader): Promise<readonly InstalledSecret[]> => {
	const {installed} = await readState(place.state);
	const all: InstalledSecret[] = [];
	for (const stack of Object.keys(installed)) {
		const {loaded} = await openInstalled(stack, place, reader);
		for (const secret of loaded.secrets)
			all.push({name: secret.name, stack, secret, lies: placeOfSecret(stack, secret, place)});
	}
	return all.map(one =>
		all.some(other => other !== one && other.name === one.name) ? {...one, name: `${one.stack}/${one.name}`} : one,
	);
};

/** The stack as it was installed, from the answers that are kept of it. */
export const openInstalled = async (stack: string, place: Place, reader: Reader): Promise<Opened> => {
	const {installed} = await readState(place.state);
	const text = JSON.stringify({version: 1, stack, ...installed[stack]?.answers});
	return openStack({text, name: join(place.state, 'state.json'), directory: '/'}, [], reader);
};

/** The one of that name. Throws Fault secrets.no-such. */
export const secretNamed = (name: string, all: readonly InstalledSecret[]): InstalledSecret => {
	const found = all.find(one => one.name === name || `${one.stack}/${one.secret.name}` === name);
	if (found) return found;
	throw new Fault(
		'secrets.no-such',
		`there is no secret ${name} here${didYouMean(
			name,
			all.map(one => one.name),
		)}`,
		'setup secrets list names them.',
	);
};

/** Its value; undefined where it was not generated yet. Throws Fault secrets.elsewhere where it cannot be read again. */
export const valueOf = async ({lies, secret, name}: InstalledSecret, place: Place): Promise<string | undefined> => {
	if (lies.in === 'store') return (await readSecretStore(place.secrets)).get(lies.key);
	const {ref} = secret;
	const found = 'secret' in ref || 'prompt' in ref ? {why: 'it is typed each time'} : await readExisting(ref, {});
	if ('value' in found) return found.value;
	throw new Fault('secrets.elsewhere', `${name} is not kept by setup: ${found.why}`, 'Whoever gave it knows it.');
};

/** Puts a value there, durable. Throws Fault secrets.elsewhere for one that lies with the operator. */
export const putValue = async ({lies, name}: InstalledSecret, value: string, place: Place): Promise<void> => {
	if (lies.in === 'store')
		return writeSecretStore(place.secrets, new Map([...(await readSecretStore(place.secrets)), [lies.key, value]]));
	if (lies.in === 'typed') return writeOwnFile(lies.at, `${value}\n`, 0o600);
	throw new Fault(
		'secrets.elsewhere',
		`${name} is not kept by setup: it lies in ${lies.at}`,
		'Change it there, then run setup apply with the answers.',
	);
};

const placeOfSecret = (stack: string, {ref, name}: LoadedSecret, place: Place): InstalledSecret['lies'] => {
	if ('secret' in ref) return {in: 'store', key: `${stack}/${name}`};
	const at =
		'file' in ref
			? ref.file
			: 'env' in ref
				? `the environment variable ${ref.env}`
				: 'credential' in ref
					? `the credential ${ref.credential}`
					: 'the memory of who types it';
	return {in: at.startsWith(`${join(place.state, typedFolder(stack))}/`) ? 'typed' : 'elsewhere', at};
};
