/** Redis that answers an application and no other account of the host: the questions, the look at who uses it today, and the resources, for every stack that has one. */
import {z} from 'zod';
import {unixName} from '#answers/questions/questions.ts';
import {textOf} from '#host/files/text-of.ts';
import {connectedAccounts} from '#host/network/connected.ts';
import {mayFilter} from '#host/network/may-filter.ts';
import {namedIn, redisPort, rulesFile, rulesUnit} from '#host/redis/may-connect.ts';
import {accounts} from '#host/system/accounts.ts';
import type {Resource} from '#model/resource.ts';
import type {Probe} from '#model/step.ts';
import type {Thing} from '#model/thing.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {directory} from '#resources/files/directory.ts';
import {connectingAccounts, redisDropIn, rulesUnitText} from '#resources/redis/connecting-accounts.ts';
import {unit, unitFile} from '#resources/units/unit.ts';
import {failed, inTime, ok, warn} from '#steps/probes/in-time.ts';

export const redisAccountsQuestions = {
	shut: z.boolean().default(true).meta({
		title: 'Shut Redis to other accounts of this host',
		help: 'By rules of the kernel (nftables): it asks for no password, and what lies in it is code to the application. No is for a container that may have no rules of its own, and to which nobody logs in.',
		from: 'setup',
	}),
	alsoLet: z
		.array(unixName())
		.default([])
		.meta({
			title: 'Further accounts that use this Redis',
			help: "Of other applications and of monitoring. Each may have code run as the application's user.",
			from: 'setup',
			example: ['www-data'],
		}),
};

type Answers = {readonly shut: boolean; readonly alsoLet: readonly string[]};

/** May this host have rules, and who uses Redis today that would be shut out? */
export const redisAccountsProbe = (
	{shut, alsoLet}: Answers,
	users: readonly string[],
	about: readonly string[] = ['by'],
): Probe => ({
	id: 'redis-accounts',
	about,
	decides: shut ? ['done:redis-accounts'] : [],
	title: 'Redis can be shut to other accounts',
	run: reader =>
		inTime(reader, async () => {
			if (!shut)
				return warn(`every account of this host may have code run as ${users.join(' or ') || 'the application'}`);
			if (!(await mayFilter(reader)))
				return failed(
					'this container may have no packet rules: shut: false leaves Redis to every account of this host',
				);
			const {users: known} = await reader.fact(accounts);
			const named = new Set(['root', ...users, ...alsoLet]);
			const others = [...(await connectedAccounts(reader, redisPort))]
				.map(uid => [...known.values()].find(one => one.uid === uid)?.name ?? `number ${uid}`)
				.filter(name => !named.has(name));
			return others.length === 0
				? ok('nobody else is connected to Redis')
				: warn(`${others.join(', ')} uses Redis here today and will be refused: alsoLet lets an account in`);
		}),
});

/** For who uses a Redis of this host without shutting it: is `user` let in by the rules that another stack wrote? */
export const redisLetsIn = (user: string, decides: readonly Thing[] = []): Probe => ({
	id: 'redis-lets-in',
	about: [],
	decides,
	title: `Redis of this host answers ${user}`,
	run: reader =>
		inTime(reader, async () => {
			const named = namedIn((await textOf(reader, rulesFile)) ?? '');
			if (named === undefined || [...named.values()].some(names => names.includes(user)))
				return ok('no rules keep it out');
			return failed(
				`${rulesFile} shuts Redis to ${user}: name it in alsoLet of the stack that wrote it (${[...named.keys()].join(', ')}), and apply that one first`,
			);
		}),
});

/** The rules for these accounts, loaded before Redis starts, at every start of it. Give `done:redis-shut` as a need to Redis' unit. */
export const redisAccounts = (names: readonly string[]): readonly Resource[] => {
	const dropIns = '/etc/systemd/system/redis-server.service.d';
	return [
		aptPackages(
			{names: ['nftables'], recommends: false},
			{id: 'apt:redis-accounts', needs: ['done:requirements', 'done:dpkg-consistent']},
		),
		connectingAccounts({names: [...new Set(names)]}),
		unitFile({name: rulesUnit, text: rulesUnitText}),
		unit(
			{name: rulesUnit, enabled: true, running: true},
			{needs: [`path:/etc/systemd/system/${rulesUnit}`, `path:${rulesFile}`]},
		),
		// Right before what lies in it: where apt purges any package, all empty directories beside it go (deb-systemd-helper).
		directory({path: dropIns, mode: 0o755, owner: 'root:root'}, {needs: ['package:redis-server', `unit:${rulesUnit}`]}),
		unitFile(
			{name: 'redis-server.service.d/accounts.conf', text: redisDropIn},
			{needs: [`path:${dropIns}`, `unit:${rulesUnit}`], provides: ['done:redis-shut']},
		),
	];
};
