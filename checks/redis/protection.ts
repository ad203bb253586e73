/** Protected mode is what stands between a Redis that listens everywhere by mistake and the world; a password does the same. */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {type RedisFile, redisConf, redisFile, redisLine} from '#host/redis/file.ts';
import {redisNow} from '#host/redis/now.ts';
import {defaultUser} from '#host/redis/secrets.ts';
import {isSeen, see, there} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {edit} from '#resources/files/edit.ts';
import {unit} from '#resources/units/unit.ts';

export const check = defineCheck({
	id: 'redis.protection',
	title: 'Redis has protected mode or a password',
	why: 'With protected mode off and no password, Redis obeys everybody who reaches its port. One wrong bind line is then enough.',
	reads: [
		`${redisConf} and the files it includes: protected-mode, requirepass (whether there is one)`,
		'CONFIG GET protected-mode, requirepass (whether there is one)',
	],
	severity: 'fail',
	layers: ['file', 'runtime'],
	requires: ['redis.running'],
	source: 'Redis documentation, "Redis security": protected mode, authentication',
	verify: 'redis-cli CONFIG GET protected-mode',
	facts: {packages, file: redisFile, now: redisNow},
	appliesTo: ({facts}) =>
		isInstalled(facts.packages.all.get('redis-server'))
			? there(facts, ['file', 'now'])
			: 'redis-server is not installed',
	async inspect({facts}) {
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
		const open = [file, runtime].map(layer => isSeen(layer) && isOpen(layer.value));
		const says = open[1]
			? isSeen(file) && !open[0]
				? 'changed in the file, not in the process: it still obeys everybody who reaches its port'
				: 'obeys everybody who reaches its port'
			: 'changed in the file, not in the process: from its next start it obeys everybody who reaches its port';
		return [
			{
				state: open.includes(true) ? 'fail' : 'ok',
				...(open.includes(true) && {says}),
				expected: {'protected-mode': 'yes'},
				layers: {file, runtime},
			},
		];
	},
	remedy: () => ({
		sentence: `Write protected-mode yes into ${redisConf}, or give Redis a password with requirepass, then restart it.`,
	}),
	fix: () => [
		edit(
			{path: redisConf, format: 'redis.conf', settings: [{key: 'protected-mode', value: ['yes']}]},
			{id: `edit:${redisConf}:protected-mode`, owes: [{unit: 'redis-server.service', do: 'restart'}]},
		),
		unit({name: 'redis-server.service', running: true, files: [redisConf]}, {needs: [`path:${redisConf}`]}),
	],
});

const hasPassword = ({secrets, lines}: RedisFile): boolean => defaultUser(lines, secrets) !== 'nothing';

const isOpen = (value: unknown): boolean => {
	const {password, ...rest} = value as {readonly 'protected-mode': string; readonly password: boolean};
	return rest['protected-mode'] === 'no' && !password;
};
