/** The answers of a wizard as a file for the next host: typed secrets go into files beside it, or become variables that the replay is given. */
import {createHash} from 'node:crypto';
import {lstat, stat} from 'node:fs/promises';
import {basename, dirname, extname, join, resolve} from 'node:path';
import type {z} from 'zod';
import {makeOwnDirectory, writeOwnFile} from '#host/files/own-file.ts';
import {giveAway} from '#host/owned/change.ts';
import {readAt} from '#host/owned/look.ts';
import {identityOf} from '#host/owned/pinned.ts';
import {Fault} from '#model/fault.ts';
import type {Json} from '#model/json.ts';
import type {Stack} from '#model/step.ts';
import {typedDirectory} from '../interview/typed-secrets.ts';
import {askedOf} from '../questions/secret-question.ts';
import {isMap} from '../questions/shape.ts';
import {check} from '../resolve/check-answers.ts';
import {readExisting} from '../secrets/secret-sources.ts';
import {nameBoxes} from '../secrets/secrets-in-answers.ts';
import {exportAnswers} from './export.ts';

export type ExportOptions = {
	/** Of the answers file. */
	readonly path: string;
	readonly secrets: 'files' | 'environment';
	/** The state directory, where typed secrets lie. */
	readonly state: string;
	/** The operator wants a file replaced that this did not write. */
	readonly overwrite?: boolean;
};

/** `lines`: what was written, and what a replay will need. */
export type Exported = {readonly path: string; readonly lines: readonly string[]};

/**
 * Writes the answers file (0644: no secret is in it) and, for 'files', NAME.secrets/KEY (0600 in 0700). `inputs`: `Interview.inputs`.
 * Throws Fault 'export.exists' where a file stands that this did not write, or that was edited since; 'export.place', 'export.secret'.
 */
export const exportWithSecrets = async (
	stack: Stack,
	inputs: Readonly<Record<string, Json>>,
	options: ExportOptions,
): Promise<Exported> => {
	const path = resolve(options.path);
	await refuseForeign(path, options.overwrite ?? false);
	const folder = `${basename(path, extname(path))}.secrets`;
	const typed: Typed[] = [];
	const walk = (value: Json): Json => {
		const file = referenced(value, typedDirectory(options.state, stack.id));
		if (file !== undefined) {
			const key = basename(file);
			const env = `SETUP_${key.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')}`;
			typed.push({key, file, env});
			return options.secrets === 'files' ? {file: `./${folder}/${key}`} : {env};
		}
		if (Array.isArray(value)) return (value as readonly Json[]).map(walk);
		return isMap(value)
			? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, walk(one as Json)]))
			: value;
	};
	const outputs = Object.fromEntries(Object.entries(inputs).map(([step, section]) => [step, walk(section)]));
	if (options.secrets === 'files' && typed.length > 0) await writeSecrets(join(dirname(path), folder), typed);
	await placed(path, () => writeOwnFile(path, sealed(exportAnswers(stack, outputs)), 0o644));
	return {
		path,
		lines: [
			`Answers: ${path}`,
			...typedLines(typed, options.secrets, join(dirname(path), folder)),
			...needsOf(stack, inputs, typed),
		],
	};
};

type Typed = {readonly key: string; readonly file: string; readonly env: string};

const typedLines = (typed: readonly Typed[], how: ExportOptions['secrets'], folder: string): readonly string[] => {
	if (typed.length === 0) return [];
	return how === 'files'
		? [`Typed secrets: ${folder}, to be copied with it: ${typed.map(({key}) => key).join(', ')}`]
		: [`Needs in the environment: ${typed.map(({env}) => env).join(', ')}`];
};

/** The path of a secret that was typed into the wizard. */
const referenced = (value: Json, directory: string): string | undefined => {
	const file = isMap(value) && Object.keys(value).length === 1 ? value['file'] : undefined;
	return typeof file === 'string' && dirname(file) === directory ? file : undefined;
};

/** What the other references want of the next host. */
const needsOf = (stack: Stack, inputs: Readonly<Record<string, Json>>, typed: readonly Typed[]): readonly string[] => {
	const refs = stack.steps.flatMap(step => {
		const checked = check(step.questions as z.ZodType<unknown>, inputs[step.id], [step.id]);
		return checked.ok
			? nameBoxes(checked.output, step.id).boxes.map(({name, secret}) => ({name, ref: askedOf(secret)!.ref}))
			: [];
	});
	const generated = refs.filter(({ref}) => 'secret' in ref).map(({name}) => name);
	return [
		...(generated.length > 0 ? [`Generated anew on each host: ${generated.join(', ')}`] : []),
		...refs.flatMap(({name, ref}) => {
			if ('prompt' in ref) return [`Asked for at the terminal: ${name}`];
			if ('env' in ref) return [`Needs the environment variable ${ref.env}: ${name}`];
			if ('credential' in ref) return [`Needs the systemd credential ${ref.credential}: ${name}`];
			return 'file' in ref && !typed.some(({file}) => file === ref.file) ? [`Needs the file ${ref.file}: ${name}`] : [];
		}),
	];
};

const writeSecrets = async (folder: string, typed: readonly Typed[]): Promise<void> => {
	await placed(folder, () => makeOwnDirectory(folder, 0o700));
	const there = await lstat(folder);
	if (!there.isDirectory() || there.uid !== process.geteuid?.())
		throw new Fault(
			'export.place',
			`${folder} is no directory of this user`,
			'Move it away, or export under another name.',
		);
	await giveAway(folder, {mode: 0o700}, identityOf(there));
	for (const {key, file} of typed) {
		const found = await readExisting({file}, {});
		if ('why' in found)
			throw new Fault(
				'export.secret',
				`the secret ${key} ${found.why}`,
				'Type it again in the wizard, then export again.',
			);
		await writeOwnFile(join(folder, key), `${found.value}\n`, 0o600);
	}
};

/** The last line tells a file that nobody touched since from one that somebody keeps. */
const sealed = (text: string): string => `${text}${seal}${digest(text)}\n`;
const seal = '\n# Written by setup, unchanged while this fits: ';
const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

const refuseForeign = async (path: string, overwrite: boolean): Promise<void> => {
	const beside = await stat(dirname(path)).catch(() => undefined);
	const bytes = await readAt(path).catch((error: NodeJS.ErrnoException) => {
		if (error.code === 'file.not-regular') throw placeFault(path, {code: 'EISDIR'});
		if (error.code === 'ENOENT' && beside?.isDirectory()) return undefined;
		throw placeFault(path, error);
	});
	if (beside?.isDirectory() !== true) throw placeFault(path, {code: 'ENOENT'});
	if (bytes === undefined || overwrite) return;
	const text = Buffer.from(bytes).toString('utf8');
	const [body = '', sum = ''] = text.split(seal);
	if (sum.trimEnd() !== digest(body))
		throw new Fault(
			'export.exists',
			`${path} is there already, and setup did not write it or somebody has edited it`,
			'Name another file, or move it away.',
		);
};

const placed = async (path: string, write: () => Promise<void>): Promise<void> => {
	try {
		await write();
	} catch (error) {
		throw placeFault(path, error);
	}
};

const placeFault = (path: string, error: unknown): unknown => {
	const {code = ''} = error as NodeJS.ErrnoException;
	const why: Readonly<Record<string, string>> = {
		ENOENT: 'its directory is not there',
		ENOTDIR: 'its directory is not there',
		EACCES: 'this user may not write there',
		EPERM: 'this user may not write there',
		EISDIR: 'it is a directory, or no regular file',
		EEXIST: 'something else has its name',
	};
	return why[code] === undefined
		? error
		: new Fault(
				'export.place',
				`${path} cannot be written: ${why[code]}`,
				'Name a file in a directory that is there.',
				{cause: error},
			);
};
