/**
 * An instance that fits the code it runs with: after another commit was installed its own program changes the tables, with the instance stopped and its
 * databases dumped before. Where that fails the dump goes back in, so that old data never meets half a schema.
 */
import {askMysql, tellMysql} from '#host/mysql/client.ts';
import {mysqlName} from '#host/mysql/sql.ts';
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {standStill} from '../git/stand-still.ts';
import {dumpMysql, refuseOpenDump, restoreMysql} from '../mysql/dump.ts';
import {dumpPathOf} from '../shared/dumps.ts';
import {withEdges} from '../shared/edges.ts';
import {readStamp, removeStamp, writeStamp} from '../shared/stamp.ts';

export type InstanceUpgradeSpec = {
	readonly directory: string;
	readonly user: string;
	/** `weblab-admin`, with `upgrade DIR [-y]` and `httpd-config-generate DIR`. */
	readonly program: string;
	/** In supervisor; stopped meanwhile. */
	readonly runs: string;
	readonly databases: readonly string[];
	/** The stamp of what installed the code. */
	readonly installedBy: string;
};
export type InstanceUpgradeState = {
	readonly installed: string;
	readonly fits: string | undefined;
	/** The run, where it is an update: its dumps go by that name. */
	readonly update?: string;
};

/** Needs the instance with its settings, and the program; the service waits for `done:upgrade:DIRECTORY`. */
export const instanceUpgrade = (spec: InstanceUpgradeSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		instanceUpgradeType,
		withEdges(
			{
				id: `upgrade:${spec.directory}`,
				needs: [`done:instance:${spec.directory}`, `path:${spec.program}`],
				provides: [`done:upgrade:${spec.directory}`],
				locks: ['mysql', 'supervisor'],
				title: `${spec.directory} fits the installed code`,
			},
			edges,
		),
		spec,
	);

export const instanceUpgradeType: ResourceType<InstanceUpgradeSpec, InstanceUpgradeState> = {
	name: 'instance-upgrade',
	async inspect({directory, installedBy, program}, host) {
		const stamp = await readStamp<{readonly commit: string}>(host, installedBy);
		if (stamp === undefined) throw new Blocked({because: 'until', thing: `path:${program}`});
		const own = await readStamp<{readonly commit: string}>(host, stampOf(directory));
		return {installed: stamp.commit, fits: own?.commit, ...(host.update !== undefined && {update: host.update})};
	},
	diff: (_spec, state) =>
		state === 'absent'
			? [{what: 'instance', from: null, to: 'fits the installed code'}]
			: state.fits === state.installed
				? []
				: [
						{
							what: 'instance',
							from: state.fits === undefined ? null : `fits ${state.fits.slice(0, 10)}`,
							to: `fits ${state.installed.slice(0, 10)}; its databases are dumped before tables change`,
						},
					],
	undoOf: ({directory, runs, databases}, {fits, update}) => ({
		can: true,
		record: {
			directory,
			...(update !== undefined &&
				fits !== undefined && {runs, fits, dumps: databases.map(name => [name, dumpPathOf(update, name)])}),
		} as UpgradeRecord,
	}),
	async apply(spec, {installed, fits, update}, _changes, host) {
		const {directory, user, program} = spec;
		const asked = await host.probe([program, 'upgrade', directory], {as: user, stdin: [''], timeout: 120_000});
		if (asked.code !== 0) await upgrade(spec, host, fits === undefined ? undefined : update);
		if (fits !== undefined) await generate(spec, host);
		await writeStamp(host, stampOf(directory), {commit: installed});
	},
	async undo(raw, host, {back}) {
		const {directory, runs, fits, dumps = []} = raw as UpgradeRecord;
		if (back && runs !== undefined && fits !== undefined) {
			for (const [name, path] of dumps) {
				if ((await host.stat(path)) === undefined) continue;
				await standStill(host, {by: 'supervisor', name: runs});
				host.say(`the database ${name} comes back from ${path}`);
				await restored(name, path, host);
			}
			await writeStamp(host, stampOf(directory), {commit: fits});
			return {outcome: 'undone'};
		}
		await removeStamp(host, stampOf(directory));
		return {outcome: 'already'};
	},
};

type UpgradeRecord = {
	readonly directory: string;
	readonly runs?: string;
	readonly fits?: string;
	/** Databases and where this update's dumps of them are. */
	readonly dumps?: readonly (readonly [string, string])[];
};

const stampOf = (directory: string): string => `upgrade:${directory}`;

const upgrade = async (
	{directory, user, program, runs, databases}: InstanceUpgradeSpec,
	host: Host,
	update: string | undefined,
): Promise<void> => {
	await standStill(host, {by: 'supervisor', name: runs});
	const dumps = new Map<string, string>();
	for (const name of databases)
		dumps.set(name, await dumpMysql(host, name, update === undefined ? undefined : dumpPathOf(update, name)));
	try {
		await host.exec([program, 'upgrade', directory, '-y'], {as: user});
	} catch (error) {
		if (!(error instanceof Fault) || error.code !== 'program.failed') throw error;
		for (const [name, path] of dumps) await restored(name, path, host);
		throw new Fault(
			'instance.upgrade',
			`${program} could not upgrade ${directory}`,
			'Its databases are as they were before. Answer the commit that was installed before, or mend the cause and run it again.',
			{details: error.details},
		);
	}
};

/** Empty again, and then what was in it: tables that the try made are gone. */
const restored = async (name: string, path: string, host: Host): Promise<void> => {
	await refuseOpenDump(host, name, path);
	const rows = await askMysql(host, [`SHOW CREATE DATABASE ${mysqlName(name)};`]);
	const made = rows?.[0]?.[1];
	if (made === undefined) return;
	await tellMysql(host, [`DROP DATABASE ${mysqlName(name)};\n${made};`]);
	await restoreMysql(host, name, path);
};

/** The web server's part may hold other paths now. The program leaves a copy of the old one each time; one that says the same is not kept. */
const generate = async ({directory, user, program}: InstanceUpgradeSpec, host: Host): Promise<void> => {
	const at = `${directory}/httpd`;
	const before = await host.list(at);
	await host.exec([program, 'httpd-config-generate', directory], {as: user});
	for (const name of (await host.list(at)) ?? []) {
		const [, now] = /^(.*)-backup-[\d_-]+$/.exec(name) ?? [];
		if (now === undefined || before?.includes(name)) continue;
		const [old, made] = await Promise.all([host.read(`${at}/${name}`), host.read(`${at}/${now}`)]);
		if (old !== undefined && made !== undefined && Buffer.from(old).equals(made))
			await host.remove(`${at}/${name}`, {was: (await host.stat(`${at}/${name}`))?.id});
	}
};
