/**
 * A firewall of nftables: what comes in is refused but for the ports named, and it is there again after a boot. A port on which sshd listens is never
 * shut, whatever was answered, another firewall that is in charge is left in charge, and no rule of others is touched.
 */
import {sha256} from '#host/files/stash.ts';
import {guestInterfaces} from '#host/network/guest-interfaces.ts';
import {firewallsConfigured} from '#host/system/firewall.ts';
import {sshListeners} from '#host/system/ssh-ports.ts';
import {unitState} from '#host/units/units.ts';
import type {Host} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {type Change, type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {type FileRecord, undoFile} from '../files/file.ts';
import {patchOf} from '../files/show-diff.ts';
import {withEdges} from '../shared/edges.ts';
import {type FirewallSpec, howConfirmed, ownRules, refuseLockout} from './asked.ts';
import {dropsNothing, mark, type Opened, openedIn, rulesNow, rulesText, table, together} from './rules.ts';
import {arm, awaitLogin, disarm, onTrial, prove, proving, stillOnTrial} from './trial.ts';

export type FirewallState = {
	readonly file: {readonly text: string; readonly mode: number; readonly owner: string} | undefined;
	/** A file that the package brought, or ours: it may be replaced. */
	readonly replaceable: boolean;
	readonly enabled: boolean;
	readonly active: boolean;
	/** What the kernel lets in by our table. */
	readonly now: Opened | undefined;
	readonly onTrial: boolean;
	/** Others that are in charge. */
	readonly others: readonly string[];
	/** On which sshd listens for others than this host. */
	readonly ssh: readonly number[];
	/** Interfaces of guests of this host. */
	readonly inside: readonly string[];
	readonly stack: string;
};

/** /etc/nftables.conf, loaded and enabled. Needs the packages nftables and iproute2. */
export const nftablesFirewall = (spec: FirewallSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		firewallType,
		withEdges(
			{
				id: 'firewall',
				needs: ['package:nftables'],
				provides: ['done:firewall'],
				locks: ['systemd', `path:${conf}`],
			},
			edges,
		),
		spec,
	);

const conf = '/etc/nftables.conf';
const unit = 'nftables.service';
const nft = '/usr/sbin/nft';

export const firewallType: ResourceType<FirewallSpec, FirewallState> = {
	name: 'firewall',
	async inspect(_spec, host) {
		if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'the rules of the running kernel'});
		const [all, state, doors, guests, bytes, stat, trial] = await Promise.all([
			host.fact(firewallsConfigured),
			unitState(unit, host),
			host.fact(sshListeners),
			host.fact(guestInterfaces),
			host.read(conf),
			host.stat(conf),
			onTrial(host),
		]);
		if (state.load === 'not-found') throw new Blocked({because: 'until', thing: 'package:nftables'});
		const text = bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
		const named = guests.present.filter(name => !guests.prefixes.some(prefix => name.startsWith(prefix)));
		return {
			file:
				text === undefined || stat === undefined
					? undefined
					: {text, mode: stat.mode, owner: `${stat.uid}:${stat.gid}`},
			replaceable: text === undefined || text.startsWith(mark) || dropsNothing(text),
			enabled: state.enabled === true,
			active: state.active === 'active',
			now: await rulesNow(host),
			onTrial: trial,
			others: all.map(({name}) => name).filter(name => name !== unit),
			ssh: [...new Set(doors.map(({port}) => port))],
			inside: [...guests.prefixes.map(prefix => `${prefix}*`), ...named],
			stack: host.stack ?? 'setup',
		};
	},
	diff(spec, state) {
		const {ports} = spec;
		if (state === 'absent') return [{what: 'firewall', from: null, to: `open: ${ports.join(', ')}; all else refused`}];
		refuse(spec, state);
		const wanted = wantedIn(spec, state);
		const text = rulesText(wanted);
		const loaded = state.now !== undefined && isSame(state.now, together(wanted));
		if (loaded && state.onTrial && spec.confirm === 'login') return [];
		const changes: Change[] = [];
		if (state.file?.text !== text) {
			const patch = patchOf(conf, state.file?.text, text);
			changes.push({
				key: 'file',
				what: conf,
				from: state.file === undefined ? null : 'other rules',
				to: `open: ${together(wanted).ports.join(', ')}; all else refused`,
				...(patch !== undefined && {patch}),
			});
		}
		if (!loaded)
			changes.push({key: 'loaded', what: 'rules in the kernel', from: null, to: howConfirmed(spec, state.ssh)});
		if (!state.enabled) changes.push({key: 'boot', what: 'at boot', from: 'disabled', to: 'enabled'});
		return changes;
	},
	// Each stack has a line of its own in the file.
	holds: (_spec, host) => [{thing: `firewall:${host.stack ?? 'setup'}`}],
	undoOf: (spec, state) => ({
		can: true,
		record: {
			path: conf,
			was: state.file === undefined ? 'absent' : {mode: state.file.mode, owner: state.file.owner},
			quiet: false,
			enabled: state.enabled,
			stack: state.stack,
		},
		keep: [[rulesText(wantedIn(spec, state))], ...(state.file === undefined ? [] : [[state.file.text]])],
	}),
	async apply(spec, state, changes, host) {
		const has = (key: string): boolean => changes.some(change => change.key === key);
		const text = rulesText(wantedIn(spec, state));
		if (has('loaded') || has('file')) {
			await tryOut(spec, state, text, host);
			if (spec.confirm === 'login') {
				return awaitLogin(host, {by: 'nftables', ports: spec.ports, stack: state.stack}, spec.minutes);
			}
			await stillOnTrial(host);
		}
		if (has('file'))
			await host.replace(conf, [text], {
				was: state.file === undefined ? 'absent' : sha256(state.file.text),
				mode: 0o644,
				owner: 'root:root',
				check: draft => [nft, '--check', '--file', draft],
			});
		if (has('boot')) await host.exec(['systemctl', 'enable', unit]);
		// A restart would empty the whole kernel of rules, Docker's as well: that is how the unit of Debian stops.
		if (has('file') || has('loaded')) await host.serve(state.active ? 'reload' : 'start', unit);
		if (state.file?.text.startsWith(mark) === true && state.file.text.includes('\nflush ruleset\n'))
			await host.exec([nft, 'delete', 'table', 'inet', 'filter'], {codes: [0, 1]});
		await disarm(host);
	},
	async undo(raw, host, {kept}) {
		const record = raw as FileRecord & {readonly enabled: boolean; readonly stack?: string} & {
			readonly [key: string]: Json;
		};
		await disarm(host);
		const left = await withoutStack(record.stack, host);
		if (left) return {outcome: 'undone'};
		const undone = await undoFile(record, host, kept);
		if (undone.outcome === 'conflict' || undone.outcome === 'kept') return undone;
		const old = Buffer.from(kept[1] ?? '').toString('utf8');
		await host.exec([nft, 'delete', 'table', 'inet', table], {codes: [0, 1]});
		if (record.enabled) {
			if (old.startsWith(mark)) await host.exec([nft, '--file', conf]);
			return undone;
		}
		await host.exec(['systemctl', 'disable', unit]);
		await rest(host);
		return undone;
	},
};

/** The rules in the kernel, proven; the timer goes on. */
const tryOut = async (spec: FirewallSpec, state: FirewallState, text: string, host: Host): Promise<void> => {
	const ours = state.now !== undefined && state.file?.text.startsWith(mark) === true;
	const back = ours ? [nft, '--file', conf] : [nft, 'delete', 'table', 'inet', table];
	await arm(host, spec.confirm === 'login' ? spec.minutes * 60 : proving, back);
	await host.exec([nft, '--file', '-'], {stdin: [text]});
	await prove(host, async () => {
		await host.exec(back);
		await disarm(host);
	});
};

const refuse = ({ports}: FirewallSpec, state: FirewallState): void => {
	refuseLockout(ports, state);
	if (!state.replaceable) throw ownRules(`${conf} has rules of somebody's own`, ports);
};

/** What other stacks opened stays; an interface that was a guest's once is not forgotten while its guest rests. */
const wantedIn = ({ports}: FirewallSpec, {file, inside, stack}: FirewallState): ReadonlyMap<string, Opened> => {
	const before = file?.text.startsWith(mark) === true ? openedIn(file.text) : new Map<string, Opened>();
	const own = {ports: [...ports], inside: [...new Set([...(before.get(stack)?.inside ?? []), ...inside])].toSorted()};
	return new Map([...before, [stack, own]]);
};

const isSame = (a: Opened, b: Opened): boolean =>
	JSON.stringify([a.ports.toSorted(), a.inside.toSorted()]) ===
	JSON.stringify([b.ports.toSorted(), b.inside.toSorted()]);

/** Takes the line of this stack out where others have theirs. Gives whether there were any. */
const withoutStack = async (stack: string | undefined, host: Host): Promise<boolean> => {
	const bytes = await host.read(conf);
	const text = Buffer.from(bytes ?? '').toString('utf8');
	if (stack === undefined || !text.startsWith(mark)) return false;
	const left = new Map([...openedIn(text)].filter(([name]) => name !== stack));
	if (left.size === 0) return false;
	await host.replace(conf, [rulesText(left)], {was: sha256(text), check: draft => [nft, '--check', '--file', draft]});
	await host.exec([nft, '--file', conf]);
	return true;
};

/** The unit empties the kernel of all rules when it stops: it stays where others have any. */
const rest = async (host: Host): Promise<void> => {
	const ran = await host.probe([nft, 'list', 'tables']);
	if (ran.stdout.trim() === '') await host.exec(['systemctl', 'stop', unit]);
};
