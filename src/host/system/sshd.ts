/** What sshd would be with its files as they are (`sshd -T` knows every include and default), where each setting stands, and whether the running one has read them. */
import type {Fact, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {textOf} from '../files/text-of.ts';
import {programFault} from '../programs/run.ts';
import {runTest} from '../trust/test-command.ts';
import {unitState} from '../units/units.ts';

export type Sshd = {
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
		const [text, texts, newer] = await Promise.all([
			settingsOf(host),
			Promise.all(files.map(async path => ({path, text: (await textOf(host, path)) ?? ''}))),
			newerFiles(files, host),
		]);
		return {
			settings: parseSettings(text),
			placeOf: keyword => placeIn(texts, keyword),
			files,
			newer,
			unit: 'ssh.service',
		};
	},
};

const settingsOf = async (host: Reader): Promise<string> => {
	const argv = ['/usr/sbin/sshd', '-T'];
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

/** In the order in which sshd reads them, with Debian's Include at the top. */
const configFiles = async (host: Reader): Promise<readonly string[]> => {
	const names = (await host.list('/etc/ssh/sshd_config.d').catch(() => [])) ?? [];
	return [
		...names.filter(name => name.endsWith('.conf')).map(name => `/etc/ssh/sshd_config.d/${name}`),
		'/etc/ssh/sshd_config',
	];
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
