/** What sshd would be with its files as they are (`sshd -T` knows every include and default), where each setting stands, and whether the running one has read them. */
import type {Fact, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {textOf} from '../files/text-of.ts';
import {programFault} from '../programs/run.ts';
import {runTest} from '../trust/test-command.ts';
import {unitState} from '../units/units.ts';
import {filesBehind} from '../web/include-files.ts';
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

/** Throws Blocked: needs-root, no-tool. */
export const sshd: Fact<Sshd> = {
	id: 'sshd',
	async read(host) {
		const files = await configFiles(host);
		if (host.root === '/' && process.getuid?.() !== 0)
			throw new Blocked({because: 'needs-root', need: 'sshd -T must read the host keys'});
		const texts = await Promise.all(files.map(async path => ({path, text: (await textOf(host, path)) ?? ''})));
		const [text, doors, newer] = await Promise.all([
			settingsOf(host),
			sshDoors(
				texts.map(one => one.text),
				of => settingsOf(host, of),
				parseSettings,
			),
			newerFiles(files, host),
		]);
		return {
			doors,
			settings: parseSettings(text),
			placeOf: keyword => placeIn(texts, keyword),
			files,
			newer,
			unit: 'ssh.service',
		};
	},
};

/** `of`: for one account from one address, `user=…,host=…,addr=…`. */
const settingsOf = async (host: Reader, of?: string): Promise<string> => {
	const argv = ['/usr/sbin/sshd', '-T', ...(of === undefined ? [] : ['-C', of])];
	const ran = await runTest(host, argv);
	if (ran.code !== 0) throw programFault(argv, ran);
	return ran.stdout;
};

/** The output of `sshd -T`: one keyword and its value a line, some of them several times. */
export const parseSettings = (text: string): ReadonlyMap<string, readonly string[]> => {
	const found = new Map<string, string[]>();
	for (const line of text.split('\n')) {
		const [, key, value] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
		if (key !== undefined && value !== undefined)
			found.set(key.toLowerCase(), [...(found.get(key.toLowerCase()) ?? []), value]);
	}
	return found;
};

/** In the order in which sshd reads them: each include at its place, of any directory, those of one pattern by name. */
const configFiles = async (host: Reader): Promise<readonly string[]> => {
	const found: string[] = [];
	const follow = async (path: string, depth: number): Promise<void> => {
		const text = await textOf(host, path).catch(() => undefined);
		if (found.includes(path) || depth > 16) return;
		const before = found.length;
		for (const [, target = ''] of (text ?? '').matchAll(/^[ \t]*include(?:[ \t]+|[ \t]*=[ \t]*)(.+)$/gim))
			for (const one of target.trim().split(/[ \t]+/)) {
				const plain = one.replaceAll('"', '');
				const pattern = plain.startsWith('/') ? plain : `/etc/ssh/${plain}`;
				const files = await filesBehind(host, pattern, {files: [], directories: new Set()}).catch(() => []);
				for (const file of files) await follow(file, depth + 1);
			}
		// Debian's Include stands at the top: what it brings comes first, and sshd takes the first value it meets.
		const early = /^[ \t]*include/im.test(
			(text ?? '')
				.replace(/^[ \t]*#.*$/gm, '')
				.trimStart()
				.split('\n')[0] ?? '',
		);
		if (early || found.length === before) found.push(path);
		else found.splice(before, 0, path);
	};
	await follow('/etc/ssh/sshd_config', 0);
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
			[...(text ?? '').matchAll(new RegExp(`^[ \\t]*${keyword}(?:[ \\t]+|[ \\t]*=[ \\t]*)"?([^\\s"#]+)`, 'gim'))].map(
				([, value = '']) => value,
			),
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
		const end = lines.findIndex(line => /^\s*match\s/i.test(line));
		const at = lines.slice(0, end < 0 ? undefined : end).findIndex(
			line =>
				line
					.trim()
					.toLowerCase()
					.split(/[\s=]+/)[0] === keyword,
		);
		if (at >= 0) return `${path}:${at + 1}`;
	}
	return 'a default of sshd';
};

const newerFiles = async (files: readonly string[], host: Reader): Promise<readonly string[] | undefined> => {
	const {activeSince, changedAt} = await unitState('ssh.service', host);
	const since = Math.max(activeSince ?? 0, changedAt ?? 0);
	if (activeSince === undefined) return undefined;
	const stats = await Promise.all(files.map(async path => ({path, at: (await host.stat(path))?.mtimeMs ?? 0})));
	return stats.filter(({at}) => at > since).map(({path}) => path);
};
