/**
 * A medium is taken into a directory of root's and looked at whole before anything of it is used: no file that its manifest does not name, each with its sum, all of
 * them regular. Then it is where apt and setup fetch from, and nothing else is in their way.
 */
import {existsSync, lstatSync, mkdtempSync, readdirSync} from 'node:fs';
import {rename, rm} from 'node:fs/promises';
import {join, relative, resolve} from 'node:path';
import {release} from '#host/apt/release.ts';
import {inAptWords} from '#host/apt/what-apt-says.ts';
import {fileDigest} from '#host/files/digest.ts';
import {makeOwnDirectory, writeOwnFile} from '#host/files/own-file.ts';
import {sha256} from '#host/files/stash.ts';
import {goOutBy, outgoing} from '#host/outgoing/way-out.ts';
import {programFault, runProgram} from '#host/programs/run-program.ts';
import {writtenByOthers} from '#host/trust/others.ts';
import {createTrusting, isRoots} from '#host/trust/who-may-write.ts';
import {Fault} from '#model/fault.ts';
import {fetchWords} from '#model/fetch.ts';
import type {Reader} from '#model/host.ts';
import type {Opened} from '../open-stack.ts';
import {coveredOf} from './make-bundle.ts';
import {type Manifest, readManifest} from './manifest.ts';

export type Medium = {readonly directory: string; readonly manifest: Manifest};

const media = '/var/cache/host-setup/media';

/** Takes it in, once, and checks it. Throws Fault bundle.foreign, bundle.unreadable, bundle.damaged, bundle.other-host. */
export const openBundle = async (file: string, reader: Reader): Promise<Medium> => {
	const path = resolve(file);
	if (process.getuid?.() !== 0)
		throw new Fault('bundle.needs-root', 'only root can take in a medium', 'Run it with sudo.');
	refuseForeign(path);
	await refusePacked(path, reader);
	const text = await fromTar(path, ['--to-stdout', '--', 'manifest.json']);
	const manifest = readManifest(text);
	if (manifest === undefined) throw unreadable(path);
	await refuseOtherHost(path, manifest, reader);
	refuseForeignKeys(path, manifest);
	const directory = join(media, sha256(text).slice(0, 32));
	if (!existsSync(directory)) await takeIn(path, text, manifest, directory, reader);
	const medium = {directory, manifest};
	if (manifest.suites.length > 0) await readLists(medium);
	return medium;
};

/** From here on all comes from it. Throws Fault bundle.lacks where the answers need more than it has. */
export const useBundle = async (medium: Medium, opened: Opened, reader: Reader): Promise<void> => {
	const {manifest} = medium;
	const wanted = (await coveredOf(opened, reader)).map(fetchWords);
	const lacking = wanted.filter(one => !manifest.has.includes(one));
	if (manifest.stack !== opened.stack.id || lacking.length > 0)
		throw new Fault(
			'bundle.lacks',
			`the medium was made for ${manifest.stack} with other answers, and lacks: ${lacking.join('; ') || opened.stack.id}`,
			'Make one with these answers, or use those that it was made with.',
			{details: lacking},
		);
	goOutBy({
		...outgoing(),
		instead: manifest.instead.map(({of, at}) => ({of, by: join(medium.directory, at)})),
		...(manifest.suites.length > 0 && {apt: aptOf(medium)}),
		...(manifest.python !== undefined && {wheels: join(medium.directory, manifest.python)}),
	});
};

const aptOf = ({directory}: Medium): {readonly configuration: string; readonly lists: string} => ({
	configuration: join(directory, 'apt.conf'),
	lists: join(directory, 'lists'),
});

/** apt checks the signatures by this host's own keys, and the lists by them. Throws the apt faults. */
const readLists = async (medium: Medium): Promise<void> => {
	const {configuration, lists} = aptOf(medium);
	if (readdirSync(lists).some(name => /_(Packages|Sources)(\.\w+)?$/.test(name))) return;
	const argv = ['apt-get', 'update', '-q', '-o', 'APT::Update::Error-Mode=any'];
	const lines: string[] = [];
	const ran = await runProgram(argv, {env: {APT_CONFIG: configuration}, onLine: line => lines.push(line)});
	if (ran.code !== 0) throw inAptWords(programFault(argv, ran), lines, 'reading the medium');
};

/** As it is made it takes no more room than it has itself; one that is packed could be a thousand times as large. */
const refusePacked = async (path: string, reader: Reader): Promise<void> => {
	const head = await reader.query(['head', '--bytes=262', '--', path]);
	if (head.slice(257) !== 'ustar') throw unreadable(path);
};

/** What is on it becomes root's packages and code: who may write it could be root. */
const refuseForeign = (path: string): void => {
	const trusting = createTrusting();
	if (trusting(path).end !== 'file') throw unreadable(path);
	const others = writtenByOthers(path, trusting);
	if (others !== undefined)
		throw new Fault(
			'bundle.foreign',
			`${path} is not used: ${others}`,
			'Copy it to a directory of root, compare its sha256 with what `setup bundle` printed, and use that.',
		);
};

/**
 * The keys are this host's own: root's, where packages and administrators put them. A medium could name a file of somebody's, or one that came with another medium,
 * and so bring its packages with their own signer. Throws Fault bundle.no-key.
 */
export const refuseForeignKeys = (
	path: string,
	{suites}: Pick<Manifest, 'suites'>,
	trusting = createTrusting(),
): void => {
	for (const {signedBy} of suites) {
		if (signedBy === '') continue;
		const trust = trusting(signedBy);
		if (isRoots(trust) && /^\/(usr|etc)\//.test(trust.real)) continue;
		throw new Fault(
			'bundle.no-key',
			`${path} has packages that ${signedBy} is to vouch for, and this host has no such file of root's alone`,
			'Put the key of that archive there, as its makers publish it, for root alone to write; then run the same command again.',
		);
	}
};

const fromTar = async (path: string, words: readonly string[]): Promise<string> => {
	const ran = await runProgram(['tar', '--extract', `--file=${path}`, ...words], {
		lastWords: false,
		timeout: 3_600_000,
	});
	if (ran.code !== 0) throw unreadable(path, ran.stderr);
	return ran.stdout;
};

const refuseOtherHost = async (path: string, manifest: Manifest, reader: Reader): Promise<void> => {
	const {codename} = await reader.fact(release);
	const architecture = (await reader.query(['dpkg', '--print-architecture'])).trim();
	if (codename === manifest.codename && architecture === manifest.architecture) return;
	throw new Fault(
		'bundle.other-host',
		`${path} was made for ${manifest.codename} on ${manifest.architecture}, and this is ${codename} on ${architecture}`,
		'Make one on a host of the same release and architecture.',
	);
};

const takeIn = async (
	path: string,
	text: string,
	manifest: Manifest,
	directory: string,
	reader: Reader,
): Promise<void> => {
	await makeOwnDirectory(media, 0o755);
	const draft = mkdtempSync(join(media, '.draft-'));
	try {
		await fromTar(path, ['--no-same-owner', '--no-same-permissions', '--no-overwrite-dir', `--directory=${draft}`]);
		await check(path, text, manifest, draft, reader);
		await writeOwnFile(join(draft, 'sources.list'), sourcesOf(manifest, directory), 0o644);
		await writeOwnFile(join(draft, 'apt.conf'), aptConfiguration(directory), 0o644);
		await makeOwnDirectory(join(draft, 'lists/partial'), 0o755);
		const argv = ['chmod', '--recursive', 'u=rwX,go=rX', '--', draft];
		const ran = await runProgram(argv);
		if (ran.code !== 0) throw programFault(argv, ran);
		await rename(draft, directory);
	} finally {
		await rm(draft, {recursive: true, force: true});
	}
};

const check = async (path: string, text: string, {files}: Manifest, draft: string, reader: Reader): Promise<void> => {
	const left = new Map(Object.entries(files));
	const largest = (await reader.stat(path, {follow: true}))?.size ?? 0;
	for (const entry of readdirSync(draft, {recursive: true, withFileTypes: true})) {
		const at = join(entry.parentPath, entry.name);
		const name = relative(draft, at);
		if (lstatSync(at).isDirectory()) continue;
		const wanted = name === 'manifest.json' ? sha256(text) : left.get(name);
		if (wanted === undefined || !lstatSync(at).isFile()) throw damaged(path, `${name} is not in its manifest`);
		// A file with holes says that it is endless, and is read to its end.
		if (lstatSync(at).size > largest) throw damaged(path, `${name} is larger than all of it`);
		if ((await fileDigest(reader, at)) !== wanted) throw damaged(path, `${name} has another sum`);
		left.delete(name);
	}
	const [missing] = left.keys();
	if (missing !== undefined) throw damaged(path, `${missing} is missing`);
};

/** The distribution signed the lists, and apt checks that; only their age is the medium's. */
const sourcesOf = ({suites}: Manifest, directory: string): string =>
	suites
		.map(({kind, at, suite, components, signedBy}) => {
			const options = ['check-valid-until=no', ...(signedBy === '' ? [] : [`signed-by=${signedBy}`])];
			return `${kind} [${options.join(' ')}] file:${directory}/${at} ${suite} ${components.join(' ')}\n`;
		})
		.join('');

/** Beside the host's own: its sources and lists are left as they are. */
const aptConfiguration = (directory: string): string =>
	[
		`Dir::Etc::sourcelist "${directory}/sources.list";`,
		'Dir::Etc::sourceparts "/dev/null";',
		`Dir::State::Lists "${directory}/lists";`,
		'Acquire::Languages "none";',
		'',
	].join('\n');

const unreadable = (path: string, why = ''): Fault =>
	new Fault(
		'bundle.unreadable',
		`${path} is no medium that this setup can read`,
		'Make it with `setup bundle` of the same version.',
		{details: why.split('\n').filter(line => line.trim() !== '')},
	);

const damaged = (path: string, why: string): Fault =>
	new Fault(
		'bundle.damaged',
		`${path} is not as it was made: ${why}`,
		'Copy it again, and compare its sha256 with what `setup bundle` printed.',
	);
