/** What makes the user of an application root in all but name: capabilities of its processes or its unit, groups that open the host, rules of sudo. */
import {systemdDialect} from '#edit/sections/ini.ts';
import type {Reader} from '#model/host.ts';
import {sectionLines} from '../files/section-lines.ts';
import {textOf} from '../files/text-of.ts';
import {ifTold} from '../see.ts';
import {accounts, groupsOf} from '../system/accounts.ts';
import type {AppServer} from './app-server.ts';

export type Power = {
	/** `CAP_DAC_OVERRIDE (reads and writes every file)`. */
	readonly words: string;
	/** `/proc/4711/status: CapPrm`. */
	readonly where: string;
};

/** Of a server that runs as that user, which is not root. Empty where nothing of the kind is seen. */
export const powersOf = async (server: AppServer, user: string, host: Reader): Promise<readonly Power[]> =>
	// Where it is written comes before where it shows: that is what can be mended.
	(await Promise.all([ofUnit(server, host), ofProcess(server, host), ofAccount(user, host), ofSudo(user, host)]))
		.flat()
		.filter((one, at, all) => all.findIndex(({words}) => words === one.words) === at);

const capabilities: Readonly<Record<string, readonly [bit: number, does: string]>> = {
	CAP_CHOWN: [0, 'makes every file its own'],
	CAP_DAC_OVERRIDE: [1, 'reads and writes every file'],
	CAP_DAC_READ_SEARCH: [2, 'reads every file'],
	CAP_FOWNER: [3, 'changes the mode of every file'],
	CAP_SETGID: [6, 'takes every group'],
	CAP_SETUID: [7, 'becomes every user'],
	CAP_SYS_MODULE: [16, 'loads code into the kernel'],
	CAP_SYS_RAWIO: [17, 'reaches the hardware'],
	CAP_SYS_PTRACE: [19, 'steers every process'],
	CAP_SYS_ADMIN: [21, 'mounts, and much of all else'],
	CAP_MKNOD: [27, 'makes devices'],
	CAP_SETFCAP: [31, 'gives files capabilities'],
};

const shown = (name: string): string => `${name} (${capabilities[name]?.[1] ?? ''})`;

const ofProcess = async ({running}: AppServer, host: Reader): Promise<readonly Power[]> => {
	const some = running === undefined ? [] : [running.main, ...running.children].filter(({uid}) => uid !== 0);
	const found = await Promise.all(
		some.map(async ({pid}) => {
			const text = (await ifTold(() => textOf(host, `/proc/${pid}/status`))) ?? '';
			const has = BigInt(`0x${/^CapPrm:\s*([0-9a-f]+)$/m.exec(text)?.[1] ?? '0'}`);
			const caps = Object.entries(capabilities).filter(([, [bit]]) => ((has >> BigInt(bit)) & 1n) === 1n);
			const gids = (/^Groups:(.*)$/m.exec(text)?.[1] ?? '').split(/\s+/).filter(Boolean).map(Number);
			const {groups: known} = await host.fact(accounts);
			const open = [...known.values()].filter(({name, gid}) => name in groups && gids.includes(gid));
			return [
				...caps.map(([name]) => ({words: shown(name), where: `/proc/${pid}/status: CapPrm`})),
				...open.map(({name}) => ({words: groupShown(name), where: `/proc/${pid}/status: Groups`})),
			];
		}),
	);
	return found.flat();
};

/** What the unit hands to its next start. */
const ofUnit = async ({where, unit}: AppServer, host: Reader): Promise<readonly Power[]> => {
	const path = where.replace(/:\d+$/, '');
	if (unit === undefined || !path.endsWith('.service')) return [];
	const names = (await ifTold(() => host.list(`${path}.d`))) ?? [];
	const found = await Promise.all(
		[path, ...names.filter(name => name.endsWith('.conf')).map(name => `${path}.d/${name}`)].map(async file => {
			const service = sectionLines(systemdDialect, (await ifTold(() => textOf(host, file))) ?? '').get('Service') ?? [];
			return service.flatMap(({key, value, line}) => {
				const at = `${file}:${line}`;
				if (key === 'AmbientCapabilities' && !value.startsWith('~'))
					return value
						.toUpperCase()
						.split(/\s+/)
						.filter(name => name in capabilities)
						.map(name => ({words: shown(name), where: at}));
				if (key === 'SupplementaryGroups' || key === 'Group')
					return value
						.split(/\s+/)
						.filter(name => name in groups)
						.map(name => ({words: groupShown(name), where: at}));
				return [];
			});
		}),
	);
	return found.flat();
};

const groups: Readonly<Record<string, string>> = {
	root: 'writes what the group root may',
	docker: 'starts containers that mount the whole host',
	lxd: 'starts containers that mount the whole host',
	incus: 'starts containers that mount the whole host',
	'incus-admin': 'starts containers that mount the whole host',
	libvirt: 'starts machines with the disks of the host',
	disk: 'writes the disks past every permission',
	kmem: 'reads the memory of the kernel',
	sudo: 'may do everything by sudo',
	wheel: 'may do everything by sudo or su',
	shadow: 'reads the hashes of all passwords',
	adm: 'reads all logs, and what secrets are in them',
};

const groupShown = (name: string): string => `the group ${name} (${groups[name] ?? ''})`;

const ofAccount = async (user: string, host: Reader): Promise<readonly Power[]> => {
	const known = await host.fact(accounts);
	return groupsOf(known, user)
		.filter(({name}) => name in groups)
		.map(({name}) => ({words: groupShown(name), where: `/etc/group: ${name}`}));
};

/** Programs that run another, or write any file, at a word of who calls them. */
const escapes =
	/^(ALL|\S*\/(ba|da|z|k)?sh|\S*\/(env|su|sudo|vi|vim|nano|less|more|man|find|xargs|awk|sed|perl|python[\d.]*|ruby|node|tar|cp|mv|ln|dd|tee|install|chown|chmod|mount|docker|podman|apt|apt-get|dpkg|pip3?|npm|git|rsync|systemd-run|nsenter|crontab))(\s|$)/;

const ofSudo = async (user: string, host: Reader): Promise<readonly Power[]> => {
	const directory = '/etc/sudoers.d';
	const names = (await ifTold(() => host.list(directory))) ?? [];
	const files = ['/etc/sudoers', ...names.filter(name => !/[.~]/.test(name)).map(name => `${directory}/${name}`)];
	const known = await host.fact(accounts);
	const mine = new Set([
		user,
		`#${known.users.get(user)?.uid}`,
		'ALL',
		...groupsOf(known, user).flatMap(({name, gid}) => [`%${name}`, `%#${gid}`]),
	]);
	const found = await Promise.all(
		files.map(async path =>
			rulesIn((await ifTold(() => textOf(host, path))) ?? '')
				.filter(({who}) => who.some(name => mine.has(name)))
				.flatMap(({commands, line}) => {
					const some = commands.filter(command => escapes.test(command));
					return some.length === 0
						? []
						: [{words: `sudo lets it run ${some.slice(0, 3).join(', ')}`, where: `${path}:${line}`}];
				}),
		),
	);
	return found.flat();
};

type Rule = {readonly who: readonly string[]; readonly commands: readonly string[]; readonly line: number};

/** Rules for root, or for anybody, as whom is not named: sudoers(5), "User specification". */
const rulesIn = (text: string): readonly Rule[] =>
	text
		.replace(/\\\n/g, ' ')
		.split('\n')
		.flatMap((raw, at) => {
			const rule = raw.replace(/(^|\s)#(?!\d).*$/, '').trim();
			if (/^(Defaults|(User|Runas|Host|Cmnd)_Alias|@include)/.test(rule)) return [];
			const [, who = '', , as, words] = /^(\S+(?:\s*,\s*\S+)*)\s+([^=]+)=\s*(?:\(([^)]*)\))?(.*)$/.exec(rule) ?? [];
			if (words === undefined || (as !== undefined && !/(^|[\s,])(root|ALL|#0)([\s,:]|$)/.test(as))) return [];
			const commands = words.split(',').map(word => word.replace(/^(\s*[A-Z_]+:)*\s*/, '').trim());
			return [{who: who.split(/\s*,\s*/), commands, line: at + 1}];
		});
