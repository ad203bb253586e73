/** What sshd would be with its files as they are (`sshd -T` knows every include and default), where each setting stands, and whether the running one has read them. */

import {allBlank, trimmed, wordsIn} from '#edit/blanks.ts';
import type {Fact, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {changedSince} from '../files/changed-since.ts';
import {filesBehind} from '../files/include-files.ts';
import {textOf} from '../files/text-of.ts';
import {programFault} from '../programs/run-program.ts';
import {ifTold} from '../see.ts';
import {runTest} from '../trust/test-command.ts';
import {unitState} from '../units/units.ts';
import {isContained, isRootsOwn, processTable, serviceOf} from './process-table.ts';
import {type SshDoor, sshDoors} from './sshd-doors.ts';

export type Sshd = {
	/** What it would do for root, for anybody, and for whom its Match blocks name. */
	readonly doors: readonly SshDoor[];
	/** Lower-case keyword -> its values. */
	readonly settings: ReadonlyMap<string, readonly string[]>;
	/** `/etc/ssh/sshd_config:33`, or `a default of sshd`. */
	placeOf(keyword: string): string;
	/** The files that were read. */
	readonly files: readonly string[];
	/** Those that are newer than the running sshd; undefined where none runs of its own. */
	readonly newer: readonly string[] | undefined;
	readonly unit: string;
};

/** How one is started: the file it reads, what its command line says over that. */
type Started = {readonly unit: string; readonly conf: string; readonly words: readonly string[]};

/** Throws Blocked: needs-root, no-tool. */
export const sshd: Fact<Sshd> = {
	id: 'sshd',
	read: async host => {
		const all = await host.fact(running);
		return sshdAs(host, all.find(({unit}) => unit === ownUnit) ?? {unit: ownUnit, conf: ownConf, words: []});
	},
};

/** Those of further units: one with a file of its own is a door of its own. What cannot be asked leaves the others. */
export const otherSshds: Fact<readonly Sshd[]> = {
	id: 'sshd-others',
	read: async host => {
		const others = (await host.fact(running)).filter(({unit}) => unit !== ownUnit);
		const all = await Promise.all(others.map(one => ifTold(() => sshdAs(host, one))));
		return all.filter(one => one !== undefined);
	},
};

const ownUnit = 'ssh.service';
const ownConf = '/etc/ssh/sshd_config';

/** Root's own that listen, by unit: their titles say how they were called. */
const running: Fact<readonly Started[]> = {
	id: 'sshd-running',
	async read(host) {
		const table = host.root === '/' ? await ifTold(() => host.fact(processTable)) : undefined;
		return [...(table?.values() ?? [])].flatMap(one => {
			const title = /^sshd: ([^ ]*\/sshd.*) \[listener\]/.exec(one.argv[0] ?? '')?.[1];
			const unit = serviceOf(one);
			if (title === undefined || unit === undefined || !isRootsOwn(one) || isContained(one)) return [];
			return [{unit, ...optionsIn(wordsIn(title).map(({text}) => text))}];
		});
	},
};

/** `-f FILE`, and what decides beside it: `-o KEY=VALUE`, `-p PORT`. */
export const optionsIn = (words: readonly string[]): Pick<Started, 'conf' | 'words'> => {
	let conf = ownConf;
	const given: string[] = [];
	for (let at = 1; at < words.length; at++) {
		const [, letter = '', rest = ''] = /^-[46DdeGiqTtV]*([a-zA-Z])(.*)$/.exec(words[at]!) ?? [];
		if (!'bCcEfghkoptu'.includes(letter) || letter === '') continue;
		const value = rest === '' ? (words[++at] ?? '') : rest;
		if (letter === 'f') conf = value;
		else if (letter === 'o' || letter === 'p') given.push(`-${letter}`, value);
	}
	return {conf, words: given};
};

const sshdAs = async (host: Reader, started: Started): Promise<Sshd> => {
	const files = await configFiles(host, started.conf);
	if (host.root === '/' && process.getuid?.() !== 0)
		throw new Blocked({because: 'needs-root', need: 'sshd -T must read the host keys'});
	const texts = await Promise.all(files.map(async path => ({path, text: (await textOf(host, path)) ?? ''})));
	const [text, doors, newer] = await Promise.all([
		settingsOf(host, started),
		sshDoors(
			texts.map(one => one.text),
			of => settingsOf(host, started, of),
			parseSettings,
		),
		newerFiles(files, host, started.unit),
	]);
	const over = started.words.map(word => (/^([A-Za-z]+)[ =]/.exec(word)?.[1] ?? '').toLowerCase());
	return {
		doors,
		settings: parseSettings(text),
		placeOf: keyword =>
			over.includes(keyword)
				? `the command line of ${started.unit} (systemctl cat ${started.unit})`
				: placeIn(texts, keyword),
		files,
		newer,
		unit: started.unit,
	};
};

/** `of`: for one account from one address, `user=…,host=…,addr=…`. */
const settingsOf = async (host: Reader, {conf, words}: Started, of?: string): Promise<string> => {
	const argv = [
		'/usr/sbin/sshd',
		'-T',
		...(conf === ownConf ? [] : ['-f', conf]),
		...words,
		...(of === undefined ? [] : ['-C', of]),
	];
	const ran = await runTest(host, argv);
	if (ran.code === 0) return ran.stdout;
	// Where its socket starts it, its directory is there from the first visitor on. From 9.3 on it tells its settings without looking for that.
	const [program = '', ...asked] = argv;
	// Beside -T, without which it takes no -C.
	const plain = [program, '-G', ...asked];
	const told = /Missing privilege separation directory/.test(ran.stderr) ? await runTest(host, plain) : ran;
	if (told.code !== 0) throw programFault(argv, ran);
	return told.stdout;
};

/** The output of `sshd -T`: one keyword and its value a line, some of them several times. */
export const parseSettings = (text: string): ReadonlyMap<string, readonly string[]> => {
	const found = new Map<string, string[]>();
	for (const line of text.split('\n')) {
		const [, key, value] = /^([^ \t\v\f\r\n]+)[ \t\v\f\r\n]+(.*)$/.exec(line) ?? [];
		if (key !== undefined && value !== undefined)
			found.set(key.toLowerCase(), [...(found.get(key.toLowerCase()) ?? []), value]);
	}
	return found;
};

/** In the order in which sshd reads them: each include at its place, of any directory, those of one pattern by name. */
const configFiles = async (host: Reader, conf = ownConf): Promise<readonly string[]> => {
	const found: string[] = [];
	const follow = async (path: string, depth: number): Promise<void> => {
		const text = await textOf(host, path).catch(() => undefined);
		if (found.includes(path) || depth > 16) return;
		const before = found.length;
		for (const [, target = ''] of (text ?? '').matchAll(/^[ \t]*include(?:[ \t]+|[ \t]*=[ \t]*)(.+)$/gim))
			for (const one of trimmed(target).split(/[ \t]+/)) {
				const plain = one.replaceAll('"', '');
				const pattern = plain.startsWith('/') ? plain : `/etc/ssh/${plain}`;
				const files = await filesBehind(host, pattern, {files: [], directories: new Set()}).catch(() => []);
				for (const file of files) await follow(file, depth + 1);
			}
		// Debian's Include stands at the top: what it brings comes first, and sshd takes the first value it meets.
		const early = /^[ \t]*include/im.test(
			(text ?? '')
				.replace(/^[ \t]*#.*$/gm, '')
				.split('\n')
				.find(line => !allBlank(line)) ?? '',
		);
		if (early || found.length === before) found.push(path);
		else found.splice(before, 0, path);
	};
	await follow(conf, 0);
	return found;
};

/** Every port it is told to listen on: `ListenAddress ADDRESS:PORT` names one as well, and `sshd -T` gives those where there are any. */
export const portsOf = (settings: Sshd['settings']): readonly number[] => {
	const listens = (settings.get('listenaddress') ?? []).flatMap(value => /:(\d+)$/.exec(value)?.[1] ?? []);
	return [...new Set((listens.length > 0 ? listens : (settings.get('port') ?? [])).map(Number))];
};

/** The same from the files alone, for whoever may not ask sshd: includes of any directory, the first ones first. */
export const portsInFiles = async (host: Reader): Promise<readonly number[]> => {
	const texts = await Promise.all((await configFiles(host)).map(path => textOf(host, path).catch(() => undefined)));
	const values = (keyword: string): readonly string[] =>
		texts.flatMap(text =>
			[
				...(text ?? '').matchAll(
					new RegExp(`^[ \\t]*${keyword}(?:[ \\t]+|[ \\t]*=[ \\t]*)"?([^ \\t\\v\\f\\r\\n"#]+)`, 'gim'),
				),
			].map(([, value = '']) => value),
		);
	const ports = values('Port').map(Number);
	const plain = ports.length === 0 ? [22] : ports;
	const listens = values('ListenAddress').map(value => /^(?:\[[^\]]*\]|[^:]*):(\d+)$/.exec(value)?.[1]);
	if (listens.length === 0) return plain;
	return [...new Set(listens.flatMap(port => (port === undefined ? plain : [Number(port)])))];
};

/** The first one wins, outside of Match. */
const placeIn = (texts: readonly {readonly path: string; readonly text: string}[], keyword: string): string => {
	for (const {path, text} of texts) {
		const lines = text.split('\n');
		const end = lines.findIndex(line => /^[ \t\v\f\r\n]*match[ \t\v\f\r\n]/i.test(line));
		const at = lines.slice(0, end < 0 ? undefined : end).findIndex(
			line =>
				trimmed(line)
					.toLowerCase()
					.split(/[ \t\v\f\r\n=]+/)[0] === keyword,
		);
		if (at >= 0) return `${path}:${at + 1}`;
	}
	return 'a default of sshd';
};

const newerFiles = async (
	files: readonly string[],
	host: Reader,
	unit: string,
): Promise<readonly string[] | undefined> => {
	const {activeSince, changedAt} = await unitState(unit, host);
	const since = Math.max(activeSince ?? 0, changedAt ?? 0);
	if (activeSince === undefined) return undefined;
	return (await changedSince(host, files, since)).map(({path}) => path);
};
