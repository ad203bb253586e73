/** An instance is one file of metadata, a directory and three units; that they disagree shows only when its people meet. */

import {textOf} from '#host/files/text-of.ts';
import {noOpenslides, type OpenslidesPlace, openslidesPlace} from '#host/openslides/backend.ts';
import {failedRole} from '#host/openslides/role-log.ts';
import {isSeen, see, seeAs, there} from '#host/see.ts';
import {type UnitState, unitState} from '#host/units/units.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Fact, Reader} from '#model/host.ts';
import {parseJson} from './json.ts';

/** Ids of all that are in the metadata or have units. */
const instanceIds: Fact<readonly string[]> = {
	id: 'openslides-instances',
	async read(host) {
		const place = await host.fact(openslidesPlace);
		if (place === 'absent') return [];
		const [meta, units] = await Promise.all([host.list(place.metadata), host.list('/etc/systemd/system')]);
		const ids = (names: readonly string[] | undefined, pattern: RegExp): readonly string[] =>
			(names ?? []).flatMap(name => pattern.exec(name)?.[1] ?? []);
		return [
			...new Set([
				...ids(meta, /^openslides_instance_(.+)\.json$/),
				...ids(units, /^openslides_instance_(?!proxy_)(.+)\.service$/),
			]),
		].toSorted();
	},
};

const kinds = defineKinds({
	failed: {
		state: 'fail',
		example: {result: 'exit-code'},
		says: ({result}) => `error: its service failed (${result})`,
		remedy: (_data, {item}) => ({
			sentence: `See why (journalctl -u openslides_instance_${item}.service), then start it again.`,
			commands: [['systemctl', 'restart', `openslides_instance_${item}.service`]],
		}),
	},
	stopped: {
		state: 'warn',
		says: 'stopped, and it will start at the next boot',
		remedy: (_data, {item}) => ({
			sentence: 'Start its socket, which starts the rest when somebody comes; or disable it, if it is to stay stopped.',
			commands: [['systemctl', 'start', `openslides_instance_proxy_${item}.socket`]],
		}),
	},
	notInstalled: {
		state: 'fail',
		example: {says: 'installing failed'},
		says: ({says}) => says,
		remedy: (_data, {item}) => ({
			sentence: `See the log of its role (ansible.${item}.log.json in the directory of instances), then remove the instance through the API and make it anew; where setup installed the backend the role can be run again: /usr/local/lib/openslides/instances add ${item}.`,
		}),
	},
	noMetadata: {
		state: 'warn',
		says: 'has units, and no metadata',
		remedy: {sentence: 'Remove its units, or bring its metadata back from a backup.'},
	},
	broken: {
		state: 'fail',
		example: {broken: 'is no JSON'},
		says: ({broken}) => `its metadata ${broken}`,
		remedy: (_data, {item}) => ({
			sentence: `Mend openslides_instance_${item}.json, or bring it back from a backup.`,
		}),
	},
});

export const check = defineCheck({
	id: 'openslides.instances',
	title: 'Every instance is in a state that somebody chose',
	why: 'The backend works out the state of an instance from its metadata, the file "installed" in its directory and its units. An installation that broke off stays "installing" for ever, and nobody is told; one whose service failed answers with an error page.',
	reads: [
		'openslides_instance_ID.json in the directory of --instance-meta-dir',
		'ID/installed and ansible.ID.log.json, what the last role came to, in that of --instances-dir',
		'systemctl show openslides_instance_ID.service, openslides_instance_proxy_ID.service and .socket',
	],
	severity: 'fail',
	layers: ['file', 'runtime'],
	source: 'OpenSlides guide, "Instance states"',
	verify:
		"curl -H 'Content-Type: application/vnd.api+json' http://127.0.0.1:5000/api/instances | json_pp; systemctl list-units 'openslides_instance_*'",
	facts: {place: openslidesPlace, ids: instanceIds},
	kinds,
	appliesTo: ({facts}) =>
		facts.place === 'absent'
			? noOpenslides
			: facts.ids.length > 0
				? there(facts, ['place'])
				: 'there is no instance yet',
	inspect: async ({host, facts, now}) =>
		findings(await Promise.all(facts.ids.map(id => findingOf(id, facts.place, host, now)))),
});

const anHour = 3_600_000;

const findingOf = async (
	id: string,
	{metadata, instances}: OpenslidesPlace,
	host: Reader,
	now: number,
): Promise<FoundOf<typeof kinds>> => {
	const path = `${metadata}/openslides_instance_${id}.json`;
	const [meta, installed, units, role] = await Promise.all([
		seeAs(() => metaOf(host, path)),
		see(async () => ({
			value: (await host.stat(`${instances}/${id}/installed`)) !== undefined,
			where: `${instances}/${id}/installed`,
		})),
		seeAs(() => unitsOf(id, host)),
		seeAs(async () => ({failed: await failedRole(host, instances, id)})),
	]);
	const judged =
		'because' in meta || !isSeen(installed)
			? undefined
			: judge(
					'because' in role || role.failed === undefined ? meta : {...meta, failed: role.failed},
					installed.value === true,
					'because' in units ? undefined : units,
					now,
				);
	return {
		item: id,
		...(judged ?? {is: 'ok'}),
		expected: 'active, starting or sleeping; or stopped and not enabled',
		layers: {
			file:
				'because' in meta
					? meta
					: isSeen(installed)
						? {
								value:
									meta.broken ??
									`${installed.value === true ? 'installed' : 'not installed'}${meta.state === undefined ? '' : `, ${meta.state}`}`,
								where: path,
							}
						: installed,
			runtime:
				'because' in units
					? units
					: {
							value: {service: units.service.active, proxy: units.proxy.active, socket: units.socket.active},
							where: `systemctl show openslides_instance_${id}.service, openslides_instance_proxy_${id}.service, .socket`,
						},
		},
	};
};

type Meta = {
	readonly there: boolean;
	readonly broken?: string;
	readonly state?: string;
	readonly failed?: string;
	readonly changedAt: number;
};
type Units = Readonly<Record<'service' | 'proxy' | 'socket', UnitState>>;

/** Its passwords stand in the same file: nothing but the state is taken. */
const metaOf = async (host: Reader, path: string): Promise<Meta> => {
	const text = await textOf(host, path);
	if (text === undefined) return {there: false, broken: 'is not there', changedAt: 0};
	const parsed = parseJson(text);
	const changedAt = (await host.stat(path))?.mtimeMs ?? 0;
	if ('broken' in parsed) return {there: true, broken: 'is no JSON', changedAt};
	const state = (parsed.value as {readonly state?: unknown} | null)?.state;
	return {there: true, changedAt, ...(typeof state === 'string' && {state})};
};

const unitsOf = async (id: string, host: Reader): Promise<Units> => {
	const names = [
		`openslides_instance_${id}.service`,
		`openslides_instance_proxy_${id}.service`,
		`openslides_instance_proxy_${id}.socket`,
	];
	const [service, proxy, socket] = await Promise.all(names.map(name => unitState(name, host)));
	return {service: service!, proxy: proxy!, socket: socket!};
};

/** As the guide lists the states. */
export const judge = (meta: Meta, installed: boolean, units: Units | undefined, now: number) => {
	if (!meta.there) return {is: 'noMetadata'} as const;
	if (meta.broken !== undefined) return {is: 'broken', data: {broken: meta.broken}} as const;
	if (meta.state === 'installing-failed') return {is: 'notInstalled', data: {says: 'installing failed'}} as const;
	// Else it is 'installing' for ever: nobody but its log knows better.
	if (!installed && meta.failed !== undefined)
		return {is: 'notInstalled', data: {says: `installing failed: ${meta.failed}`}} as const;
	if (!installed)
		return now - meta.changedAt > anHour
			? ({is: 'notInstalled', data: {says: 'installing for more than an hour'}} as const)
			: ({is: 'ok', says: 'installing'} as const);
	if (units === undefined) return {is: 'ok'} as const;
	if (units.service.active === 'failed') return {is: 'failed', data: {result: units.service.result}} as const;
	if (units.service.active === 'active') return {is: 'ok', says: 'active'} as const;
	if (units.proxy.active === 'active') return {is: 'ok', says: 'starting'} as const;
	if (units.socket.active === 'active') return {is: 'ok', says: 'sleeping'} as const;
	if (units.socket.enabled === true || units.service.enabled === true) return {is: 'stopped'} as const;
	return {is: 'ok', says: 'stopped'} as const;
};
