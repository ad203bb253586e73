/** Protected mode is what stands between a Redis that listens everywhere by mistake and the world; a password does the same. */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {type RedisUser, usersIn} from '#host/redis/access-lists.ts';
import {type RedisFile, redisConf, redisFile, redisLine} from '#host/redis/file.ts';
import {type RedisNow, redisNow} from '#host/redis/now.ts';
import {defaultUser} from '#host/redis/secrets.ts';
import {ifTold, isSeen, see, there} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, findings, type Seen} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import type {Resource} from '#model/resource.ts';
import type {Unknown} from '#model/unknown.ts';
import {edit} from '#resources/files/edit.ts';
import {unit} from '#resources/units/unit.ts';

const again = (): Resource =>
	unit({name: 'redis-server.service', running: true, files: [redisConf]}, {needs: [`path:${redisConf}`]});

/** `given`: the command line of its unit says it, and counts after every file. */
type Given = {readonly given: string | undefined};

const protect = {
	example: {given: undefined as string | undefined},
	remedy: ({given}: Given) => ({
		sentence:
			given === undefined
				? `Write protected-mode yes into ${redisConf}, or give Redis a password with requirepass, then restart it.`
				: `Take --protected-mode out of what starts it (${given}), which counts after its file; then systemctl daemon-reload and restart Redis.`,
	}),
	fix: ({given}: Given): readonly Resource[] =>
		given !== undefined
			? []
			: [
					edit(
						{path: redisConf, format: 'redis.conf', settings: [{key: 'protected-mode', value: ['yes']}]},
						{id: `edit:${redisConf}:protected-mode`, owes: [{unit: 'redis-server.service', do: 'restart'}]},
					),
					again(),
				],
};

const kinds = defineKinds({
	open: {state: 'fail', says: 'obeys everybody who reaches its port', ...protect},
	next: {
		state: 'fail',
		says: 'changed in the file, not in the process: from its next start it obeys everybody who reaches its port',
		...protect,
	},
	user: {
		state: ({may}) => (may === 'all' ? 'fail' : 'warn'),
		example: {name: 'guest', may: 'all' as RedisUser['may'], when: 'now' as 'now' | 'next'},
		says: ({name, may, when}) =>
			`${when === 'next' ? 'changed in the file, not in the process: from its next start ' : ''}whoever reaches its port is let in as the user ${name} with any password${may === 'all' ? ', and may do everything' : ''}`,
		remedy: ({name}) => ({
			sentence: `Give ${name} a password in place of nopass, in its user line and in the process (ACL SETUSER ${name} resetpass '>PASSWORD'), or set it off.`,
		}),
	},
	still: {
		state: 'fail',
		says: 'changed in the file, not in the process: it still obeys everybody who reaches its port',
		remedy: {
			sentence: 'Restart Redis: its file is right.',
			commands: [['systemctl', 'restart', 'redis-server.service']],
		},
		fix: () => [unit({name: 'redis-server.service', running: true, notBefore: Date.now()})],
	},
});

export const check = defineCheck({
	id: 'redis.protection',
	title: 'Redis has protected mode or a password',
	why: 'With protected mode off and no password, Redis obeys everybody who reaches its port. One wrong bind line is then enough.',
	reads: [
		`${redisConf} and the files it includes: protected-mode, requirepass (whether there is one)`,
		'CONFIG GET protected-mode, requirepass (whether there is one)',
		'user lines, those of aclfile too, and ACL LIST: users with nopass',
		'nft list table, where an installed stack shuts the port by a table of its own',
	],
	severity: 'fail',
	layers: ['file', 'runtime'],
	requires: ['redis.running'],
	source: 'Redis documentation, "Redis security": protected mode, authentication',
	verify: 'redis-cli CONFIG GET protected-mode',
	facts: {packages, file: redisFile, now: redisNow},
	kinds,
	appliesTo: ({facts}) =>
		isInstalled(facts.packages.all.get('redis-server'))
			? there(facts, ['file', 'now'])
			: 'redis-server is not installed',
	async inspect({host, facts, expect}) {
		const table = expect.flat().map(String)[0];
		const kernel = table === undefined ? undefined : await see(() => shutBy(table, portOf(facts.file), host));
		const file = await see(() => {
			const written = facts.file;
			const line = redisLine(written, 'protected-mode');
			return {
				value: {'protected-mode': line?.words[0]?.toLowerCase() ?? 'yes', password: hasPassword(written)},
				where: line?.where ?? `${written.path}: no such line, so the default`,
			};
		});
		const runtime = await see(() => {
			const now = facts.now;
			return {
				value: {'protected-mode': now.settings.get('protected-mode') ?? '', password: now.password},
				where: 'CONFIG GET protected-mode, requirepass',
			};
		});
		const [written, running] = [file, runtime].map(layer => isSeen(layer) && isOpen(layer.value));
		const sight = {
			expected: table === undefined ? {'protected-mode': 'yes'} : `protected mode, or the rules of ${table}`,
			layers: {file, runtime, ...(kernel && {kernel})},
		};
		if (kernel !== undefined && isSeen(kernel) && kernel.value === 'shut') return [{...sight, is: 'ok'}];
		const users = openUsers(facts, file, runtime).map(({name, may, when}) => ({
			...sight,
			item: `user ${name}`,
			is: 'user' as const,
			data: {name, may, when},
			expected: 'a password',
		}));
		const line = await ifTold(() => redisLine(facts.file, 'protected-mode'));
		const data = {given: line?.given ? line.where : undefined};
		// While the process cannot be asked, its file is all that is known of it, and nobody knows that they differ.
		const when = isSeen(runtime) ? ('next' as const) : ('open' as const);
		if (running)
			return findings([isSeen(file) && !written ? {...sight, is: 'still'} : {...sight, is: 'open', data}, ...users]);
		return written || users.length === 0
			? findings([written ? {...sight, is: when, data} : {...sight, is: 'ok'}, ...users])
			: findings(users);
	},
});

type OpenUser = Pick<RedisUser, 'name' | 'may'> & {readonly when: 'now' | 'next'};

/**
 * Users besides the first one who are let in with any password. Protected mode asks only what that first one must show: where it has a password, or the mode is off,
 * nothing stands between such a user and the world.
 */
const openUsers = (
	facts: {readonly file: RedisFile; readonly now: RedisNow},
	file: Seen | Unknown,
	runtime: Seen | Unknown,
): readonly OpenUser[] => {
	const unguarded = (layer: Seen | Unknown): boolean => {
		if (!isSeen(layer)) return false;
		const {password, ...rest} = layer.value as {readonly 'protected-mode': string; readonly password: boolean};
		return password || rest['protected-mode'] === 'no';
	};
	const open = ({name, open: any, may}: RedisUser): boolean => any && may !== 'nothing' && name !== 'default';
	const now = unguarded(runtime) ? facts.now.users.filter(open) : [];
	const written = unguarded(file) ? usersIn(facts.file.lines).filter(open) : [];
	return [
		...now.map(one => ({...one, when: 'now' as const})),
		...written
			.filter(one => !now.some(({name}) => name === one.name))
			.map(one => ({...one, when: isSeen(runtime) ? ('next' as const) : ('now' as const)})),
	];
};

/** A stack that needs it open to containers shuts it to others by a table of its own. */
const shutBy = async (table: string, port: number, host: Reader): Promise<Seen> => {
	const where = `nft list table inet ${table}`;
	const ran = await host.probe(['/usr/sbin/nft', 'list', 'table', 'inet', table]);
	const shut = new RegExp(`dport [^\\n]*\\b${port}\\b[^\\n]* drop`).test(ran.stdout);
	return {value: shut ? 'shut' : 'open', where};
};

const portOf = (file: RedisFile): number => Number(redisLine(file, 'port')?.words[0] ?? 6379);

const hasPassword = ({secrets, lines}: RedisFile): boolean => defaultUser(lines, secrets) !== 'nothing';

const isOpen = (value: unknown): boolean => {
	const {password, ...rest} = value as {readonly 'protected-mode': string; readonly password: boolean};
	return rest['protected-mode'] === 'no' && !password;
};
