/** The table as checks of the doctor, over the same facts that its own checks read. */
import {X509Certificate} from 'node:crypto';
import {isInstalled, packages} from '#host/apt/packages.ts';
import {textOf} from '#host/files/text-of.ts';
import {mysqlNow} from '#host/mysql/now.ts';
import {redisNow} from '#host/redis/now.ts';
import {accounts} from '#host/system/accounts.ts';
import {listeners} from '#host/system/listeners.ts';
import {unitState} from '#host/units/units.ts';
import {type AnyCheck, defineCheck} from '#model/check.ts';
import type {Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import type {Fact} from './doctor-facts.ts';

/** One check for each fact. */
export const checksOf = (facts: readonly Fact[]): readonly AnyCheck[] =>
	facts.map((fact, n) =>
		defineCheck({
			id: `bench.n${n}`,
			title: `${fact.kind} ${n}`,
			why: 'To be measured.',
			reads: [],
			severity: 'fail',
			layers: ['runtime'],
			source: 'bench/README.md',
			verify: '',
			async inspect({host}) {
				const [expected, value, where] = await seen(fact, host);
				const good = JSON.stringify(expected) === JSON.stringify(value);
				return [{is: good ? 'ok' : 'other', expected, layers: {runtime: {value, where}}}];
			},
			kinds: {other: {state: 'fail', says: 'otherwise', remedy: {sentence: 'Mend it.'}}},
		}),
	);

const seen = async (fact: Fact, host: Reader): Promise<readonly [expected: Json, value: Json, where: string]> => {
	switch (fact.kind) {
		case 'file':
			return seenFile(fact, host);
		case 'service': {
			const {active, enabled} = await unitState(`${fact.name}.service`, host);
			return [[true, 'active'], [enabled !== false, active], `systemctl show ${fact.name}`];
		}
		case 'port': {
			const there = (await host.fact(listeners)).filter(
				one => one.port === fact.port && one.protocol.startsWith('tcp'),
			);
			return [
				true,
				there.length > 0 && (fact.ip === undefined || there.some(one => one.address === fact.ip)),
				'/proc/net/tcp',
			];
		}
		case 'redis': {
			const now = await host.fact(redisNow);
			return [fact.value, now === 'absent' ? null : (now.settings.get(fact.key) ?? null), `CONFIG GET ${fact.key}`];
		}
		case 'mysql': {
			const now = await host.fact(mysqlNow);
			const value = now === 'absent' ? undefined : now.variables.get(fact.variable)?.value;
			return [fact.value, value === 'OFF' ? '0' : (value ?? null), `@@${fact.variable}`];
		}
		case 'certificate': {
			const ends = Date.parse(new X509Certificate((await textOf(host, fact.path)) ?? '').validTo);
			return [true, ends - Date.now() > fact.seconds * 1000, fact.path];
		}
		case 'user': {
			const user = (await host.fact(accounts)).users.get(fact.name);
			return [
				[fact.shell ?? user?.shell ?? null, fact.home ?? user?.home ?? null, true],
				[user?.shell ?? null, user?.home ?? null, user !== undefined],
				'/etc/passwd',
			];
		}
		case 'group': {
			const group = (await host.fact(accounts)).groups.get(fact.name);
			return [[fact.gid ?? group?.gid ?? null, true], [group?.gid ?? null, group !== undefined], '/etc/group'];
		}
		case 'package':
			return [fact.installed, isInstalled((await host.fact(packages)).all.get(fact.name)), '/var/lib/dpkg/status'];
	}
};

const seenFile = async (fact: Extract<Fact, {kind: 'file'}>, host: Reader): Promise<readonly [Json, Json, string]> => {
	const [stat, text, known] = await Promise.all([
		host.stat(fact.path),
		fact.contents === undefined ? undefined : textOf(host, fact.path),
		fact.owner === undefined && fact.group === undefined ? undefined : host.fact(accounts),
	]);
	const good =
		stat !== undefined &&
		(fact.directory ? stat.kind === 'directory' : true) &&
		(fact.mode === undefined || stat.mode === Number.parseInt(fact.mode, 8)) &&
		(fact.owner === undefined || known?.users.get(fact.owner)?.uid === stat.uid) &&
		(fact.group === undefined || known?.groups.get(fact.group)?.gid === stat.gid) &&
		(fact.contents ?? []).every(pattern => new RegExp(pattern, 'm').test(text ?? ''));
	return [true, good, fact.path];
};
