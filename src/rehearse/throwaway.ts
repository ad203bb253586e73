/**
 * A throw-away host: a copy of this machine, or of a base image, that really boots, in its own network and with all its
 * changes in a directory of its own. When it is closed, or its owner dies, nothing of it is left.
 */
import {existsSync, lstatSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {hostname} from 'node:os';
import {join} from 'node:path';
import {Fault} from '#model/fault.ts';
import type {Ran} from '#model/host.ts';
import {addressOf, isTaken, oursOf} from './addresses.ts';
import {type Machine, type Running, boot, leaderOf, turnOff} from './boot.ts';
import {type Changes, changesOf, portsOf} from './changes.ts';
import {type DebCache, shareDebs} from './debs.ts';
import {enter, type InsideOptions, entering} from './enter.ts';
import {type Guard, startGuard, sweep} from './guard.ts';
import {type Masks, masksFor, writeMasks} from './masks.ts';
import {isOverlay, layer, type Layer, layersOfHost, mountInside, mountLayers} from './mounts.ts';
import {forwardNames} from './nameservers.ts';
import {connectHost, type NetworkPolicy} from './network.ts';
import {type Claim, claim, note, recordPath} from './record.ts';

export type Bind = {readonly from: string; readonly to: string; readonly readOnly?: boolean};

export type HostOptions = {
	/** 'host': a copy of this machine; or image directories, the top one first. */
	readonly lower: 'host' | readonly string[];
	readonly name?: string;
	/** Where its changes go: in its own directory (removed at the end), in memory, or in a directory that stays. With images only. */
	readonly upper?: 'own' | 'tmpfs' | {readonly dir: string};
	readonly network?: NetworkPolicy;
	readonly binds?: readonly Bind[];
	/** Directories that are no overlay inside, because the engines that live there make overlays of their own. */
	readonly plain?: readonly string[];
	/** Units that are on this machine and that the plan starts. */
	readonly unmask?: readonly string[];
	/** Shares downloaded packages with other throw-away hosts, in this directory. */
	readonly debs?: string;
	/** Stays up when we end; `closeKept` ends it. */
	readonly keep?: boolean;
	readonly hostname?: string;
	/** Milliseconds to boot in. Default 120 s. */
	readonly deadline?: number;
	/** Where its directory is made. */
	readonly state?: string;
};

export type ThrowAway = {
	readonly name: string;
	/** The merged tree as a path of this machine, good until it is closed. Absolute links in it lead out of it: use `run` to follow them. */
	readonly root: string;
	/** The directory of what it changed in '/'. */
	readonly upper: string;
	/** Its IPv4 address, reachable from this machine only. */
	readonly address: string;
	/** This machine's end of the wire. */
	readonly gateway: string;
	/** Databases that the plan would start and that were not: they hold this machine's data. */
	readonly held: readonly string[];
	/** PID 1 inside, as seen from here. */
	leader(): number;
	run(argv: readonly string[], options?: InsideOptions): Promise<Ran>;
	/** The same; any exit code but 0 is a Fault 'rehearse.program' with its last lines. Gives stdout. */
	must(argv: readonly string[], options?: InsideOptions): Promise<string>;
	/** Off and on again; `hard` is a power cut. What it changed stays. */
	reboot(options?: {readonly hard?: boolean}): Promise<void>;
	/** Off, as `hard` as a power cut or as an operator would. `start` boots it again. */
	stop(options?: {readonly hard?: boolean}): Promise<void>;
	start(): Promise<void>;
	/** What it changed, compared with what it was made of. */
	changes(): Promise<Changes>;
	/** The argv with which an operator gets inside. */
	shell(): readonly string[];
	close(): Promise<void>;
	[Symbol.asyncDispose](): Promise<void>;
};

/** Where the directories of throw-away hosts are. */
export const stateDir = '/var/lib/host-setup/rehearse';

/** Opens one, booted and connected. Takes away what dead runs left first. Throws Faults 'rehearse.*'; then nothing is left. */
export const openHost = async (options: HostOptions): Promise<ThrowAway> => {
	await sweep();
	const state = options.state ?? stateDir;
	mkdirSync(state, {recursive: true, mode: 0o700});
	const name = options.name ?? `${process.pid}-${++opened}`;
	const known = claim(name, slot => join(state, `${slot}-${name}`), options.keep ?? false, slot => isTaken(slot));
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
	await putResolver(root, resolver.text);
	const debs: DebCache | undefined = options.debs === undefined ? undefined : await shareDebs(options.debs, join(known.dir, 'debs'));
	if (debs) await mountInside(pid, merged, '/var/cache/apt/archives', ['--bind', debs.directory]);
	const stopNames = resolver.forward === undefined ? undefined : await forwardNames(oursOf(known.slot), resolver.forward);
	const machine: Machine = {
		slot: known.slot, guard: pid, merged, masks: masksIn(known), log: join(known.dir, 'console.log'), deadline: options.deadline ?? 120_000,
		hostname: options.hostname ?? (options.lower === 'host' ? hostname() : known.name),
	};
	let running: Running | undefined = await boot(machine);
	const before = portsOf(running.leader);
	let closing: Promise<void> | undefined;
	const leader = (): number => {
		const found = running && leaderOf(running.supervisor.pid ?? 0);
		if (found === undefined) throw new Fault('rehearse.off', `the throw-away host ${known.name} is off`, 'Start it, or open another one.');
		return found;
	};
	const host: ThrowAway = {
		name: known.name, root, upper: typeof options.upper === 'object' ? options.upper.dir : `/proc/${pid}/root${layers[0]?.upper}`, address: addressOf(known.slot), gateway: oursOf(known.slot), held: masks.held, leader,
		run: (argv, how) => enter(leader(), argv, {...how, env: {...certificates, ...how?.env}}),
		async must(argv, how) {
			const ran = await host.run(argv, how);
			if (ran.code !== 0) throw new Fault('rehearse.program', `${argv.join(' ').slice(0, 200)} ended with ${ran.code} inside ${known.name}`, 'Its last lines are below.', {details: `${ran.stdout}\n${ran.stderr}`.trim().split('\n').slice(-20)});
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
			running ??= await boot(machine);
		},
		changes: async () => changesOf(layers.map(one => ({...one, upper: `/proc/${pid}/root${one.upper}`})), root, running === undefined ? [] : portsOf(leader()), before),
		shell: () => entering(leader(), ['bash', '-l']),
		close() {
			closing ??= (async () => {
				await host.stop({hard: true});
				debs?.harvest();
				stopNames?.();
				await guard.release();
			})();
			return closing;
		},
		[Symbol.asyncDispose]: () => host.close(),
	};
	return host;
};

/** Node inside looks at the system's authorities as well, which debootstrap and apt keep there. */
const certificates = {NODE_EXTRA_CA_CERTS: '/etc/ssl/certs/ca-certificates.crt'};

const storeFor = async (known: Claim, guard: number, options: HostOptions): Promise<string> => {
	const store = join(known.dir, 'store');
	mkdirSync(store, {mode: 0o700});
	if (options.upper !== 'tmpfs' && !isOverlay(store)) return store;
	await mountInside(guard, known.dir, 'store', ['-t', 'tmpfs', '-o', 'mode=0700', 'host-setup']);
	return store;
};

const layersFor = (options: HostOptions, store: string): readonly Layer[] => {
	if (options.lower === 'host') return layersOfHost(store, path => statSync(path, {throwIfNoEntry: false})?.isDirectory() ?? false);
	const upper = typeof options.upper === 'object' ? options.upper.dir : undefined;
	return [layer('/', options.lower, upper ?? join(store, 'upper'), upper === undefined ? join(store, 'work') : `${upper}.work`)];
};

/** All that is mounted over the merged tree before it boots. */
const furnish = async (known: Claim, guard: number, merged: string, options: HostOptions): Promise<Masks> => {
	const copy = options.lower === 'host';
	const masks = copy ? masksFor('/', options.unmask ?? []) : {masked: quiet, held: []};
	writeMasks(masksIn(known), masks.masked);
	// Its own journal, no users that linger, and not ourselves.
	if (copy) for (const at of ['/var/log/journal', '/var/lib/systemd/linger', stateDir]) if (existsSync(at)) await mountInside(guard, merged, at, ['-t', 'tmpfs', '-o', 'mode=0755', 'host-setup']);
	for (const [n, at] of (options.plain ?? ['/var/lib/docker', '/var/lib/containers']).entries()) {
		const own = join(known.dir, `plain${n}`);
		mkdirSync(own, {mode: 0o711});
		await mountInside(guard, merged, at, ['--bind', own]);
	}
	for (const bind of options.binds ?? []) {
		const kind = statSync(bind.from).isDirectory() ? 'directory' : 'file';
		await mountInside(guard, merged, bind.to, ['--bind', ...(bind.readOnly ? ['-o', 'ro'] : []), bind.from], kind);
	}
	return masks;
};

const masksIn = (known: Claim): string => join(known.dir, 'masks');

/** In a base image: what would take apt's lock at a moment of its own choosing. */
const quiet: readonly string[] = ['apt-daily.timer', 'apt-daily-upgrade.timer', 'apt-daily.service', 'apt-daily-upgrade.service', 'dpkg-db-backup.timer', 'e2scrub_all.timer', 'e2scrub_reap.service', 'fstrim.timer', 'man-db.timer', 'console-getty.service', 'systemd-networkd-wait-online.service'];

const putResolver = async (root: string, text: string): Promise<void> => {
	const path = join(root, 'etc/resolv.conf');
	if (lstatSync(path, {throwIfNoEntry: false})?.isFile() && readFileSync(path, 'utf8') === text) return;
	rmSync(path, {force: true});
	writeFileSync(path, text, {mode: 0o644});
};
