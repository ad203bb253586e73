/**
 * A throw-away host: a copy of this machine, or of a base image, that really boots, in its own network and with all its
 * changes in a directory of its own. When it is closed, or its owner dies, nothing of it is left.
 */
import {mkdirSync, rmSync} from 'node:fs';
import {hostname} from 'node:os';
import {join} from 'node:path';
import {Fault} from '#model/fault.ts';
import {changesOf} from './changes.ts';
import {type DebCache, shareDebs} from './debs.ts';
import {furnish, layersFor, masksIn, putHosts, putResolver, stateDir, storeFor} from './furnish.ts';
import {boot, leaderOf, type Machine, type Running, turnOff} from './machine/boot.ts';
import {enter, entering} from './machine/enter.ts';
import {mountInside, mountLayers} from './machine/mounts.ts';
import {type Claim, claim, note, recordPath} from './made-so-far.ts';
import {addressOf, isTaken, oursOf} from './network/addresses.ts';
import {forgetNetwork} from './network/forget.ts';
import {forwardNames} from './network/nameservers.ts';
import {connectHost} from './network/network.ts';
import {type Guard, startGuard, sweep} from './network/network-guard.ts';
import {portsOf} from './network/ports.ts';
import type {Fresh} from './servers/fresh-server.ts';
import {startFresh} from './servers/start-fresh.ts';
import {watchSpace} from './space.ts';
import type {HostOptions, ThrowAway} from './types.ts';

export type {Bind, HostOptions, ThrowAway} from './types.ts';

/** Opens one, booted and connected. Takes away what dead runs left first. Throws Faults 'rehearse.*'; then nothing is left. */
export const openHost = async (options: HostOptions): Promise<ThrowAway> => {
	await sweep();
	const state = options.state ?? stateDir;
	mkdirSync(state, {recursive: true, mode: 0o700});
	const name = options.name ?? `${process.pid}-${++opened}`;
	const known = claim(
		name,
		slot => join(state, `${slot}-${name}`),
		options.keep ?? false,
		slot => isTaken(slot),
	);
	let guard: Guard | undefined;
	try {
		guard = await startGuard(known, options.keep ?? false);
		note({...known, guard: guard.process});
		return await build(known, guard, options);
	} catch (error) {
		if (guard) await guard.release();
		else rmSync(recordPath(known.slot), {force: true});
		throw error;
	}
};

let opened = 0;

const build = async (known: Claim, guard: Guard, options: HostOptions): Promise<ThrowAway> => {
	const {pid} = guard.process;
	const merged = join(known.dir, 'merged');
	const root = `/proc/${pid}/root${merged}`;
	mkdirSync(merged, {mode: 0o755});
	const store = await storeFor(known, pid, options);
	const layers = layersFor(options, store);
	await mountLayers(pid, merged, layers);
	const masks = await furnish(known, pid, merged, options);
	const resolver = await connectHost(known.slot, pid, options.network ?? {});
	// Without a network there is nobody to ask: a server named here would cost every program that looks up its own name five seconds.
	putResolver(
		root,
		options.network === 'none' ? 'options timeout:1 attempts:1\nnameserver 127.0.0.1\n' : resolver.text,
	);
	if (options.lower !== 'host') putHosts(root);
	const debs: DebCache | undefined =
		options.debs === undefined ? undefined : await shareDebs(options.debs, join(known.dir, 'debs'));
	if (debs) await mountInside(pid, merged, '/var/cache/apt/archives', ['--bind', debs.directory]);
	const stopNames =
		resolver.forward === undefined ? undefined : await forwardNames(oursOf(known.slot), resolver.forward);
	const machine: Machine = {
		slot: known.slot,
		guard: pid,
		merged,
		masks: masksIn(known),
		log: join(known.dir, 'console.log'),
		deadline: options.deadline ?? 120_000,
		hostname: options.hostname ?? (options.lower === 'host' ? hostname() : known.name),
	};
	let running: Running | undefined;
	const start = async (): Promise<number> => {
		const up = await boot(machine);
		running = up;
		// It may turn itself off; then it can be started again.
		void up.ended
			.then(() => {
				if (running === up) running = undefined;
			})
			.catch(() => undefined);
		return up.leader;
	};
	await start();
	const space =
		options.upper === 'tmpfs'
			? undefined
			: watchSpace(known.dir, () => {
					if (running) void turnOff(running, true);
				});
	let closing: Promise<void> | undefined;
	const leader = (): number => {
		const found = running && leaderOf(running.supervisor.pid ?? 0);
		space?.check();
		if (found === undefined)
			throw new Fault('rehearse.off', `the throw-away host ${known.name} is off`, 'Start it, or open another one.');
		return found;
	};
	let fresh: readonly Fresh[] = [];
	const host: ThrowAway = {
		name: known.name,
		root,
		upper: typeof options.upper === 'object' ? options.upper.dir : `/proc/${pid}/root${layers[0]?.upper}`,
		address: addressOf(known.slot),
		gateway: oursOf(known.slot),
		held: masks.held,
		get fresh() {
			return fresh;
		},
		leader,
		async run(argv, how) {
			const ran = await enter(leader(), argv, {...how, env: {...certificates, ...how?.env}});
			space?.check();
			return ran;
		},
		async must(argv, how) {
			const ran = await host.run(argv, how);
			if (ran.code !== 0)
				throw new Fault(
					'rehearse.program',
					`${argv.join(' ').slice(0, 200)} ended with ${ran.code} inside ${known.name}`,
					'Its last lines are below.',
					{
						details: `${ran.stdout}\n${ran.stderr}`.trim().split('\n').slice(-20),
					},
				);
			return ran.stdout;
		},
		async reboot(how) {
			await host.stop(how);
			await host.start();
		},
		async stop(how) {
			if (running) await turnOff(running, how?.hard ?? false);
			running = undefined;
		},
		async start() {
			if (running && leaderOf(running.supervisor.pid ?? 0) !== undefined) return;
			// Its first process may be gone a moment before what watches over it.
			await running?.ended.catch(() => undefined);
			await forgetNetwork(pid);
			await start();
		},
		changes: async () =>
			changesOf(
				layers.map(one => ({...one, upper: `/proc/${pid}/root${one.upper}`})),
				root,
				running === undefined ? [] : portsOf(leader()),
				before,
			),
		shell: () => entering(leader(), ['bash', '-l']),
		close() {
			closing ??= (async () => {
				space?.end();
				await host.stop({hard: true});
				debs?.harvest();
				stopNames?.();
				await guard.release();
			})();
			return closing;
		},
		[Symbol.asyncDispose]: () => host.close(),
	};
	fresh = await startFresh(host, options.servers ?? [], machine.masks, masks.waiting);
	const before = portsOf(leader());
	return host;
};

/** Node inside looks at the system's authorities as well, which debootstrap and apt keep there. */
const certificates = {NODE_EXTRA_CA_CERTS: '/etc/ssl/certs/ca-certificates.crt'};
