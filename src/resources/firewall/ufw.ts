/**
 * ufw, which many operators know: the ports of a stack allowed in it, and it enabled where it was not. What somebody allowed, limited or denied in it
 * stays; where it is in charge already it is only told what more to let in.
 */

import {textOf} from '#host/files/text-of.ts';
import {guestInterfaces} from '#host/network/guest-interfaces.ts';
import {firewallsConfigured} from '#host/system/firewall.ts';
import {sshListeners} from '#host/system/ssh-ports.ts';
import {unitState} from '#host/units/units.ts';
import type {Host, Reader} from '#model/host.ts';
import {type Change, type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {withEdges} from '../shared/edges.ts';
import {type FirewallSpec, howConfirmed, ownRules, refuseLockout} from './asked.ts';
import {rulesText, table} from './rules.ts';
import {arm, awaitLogin, disarm, onTrial, prove, proving, stillOnTrial} from './trial.ts';

export type UfwState = {
	readonly enabled: boolean;
	/** Is its default for what comes in to refuse? */
	readonly refuses: boolean;
	/** Of rules that name just a port: what they do. */
	readonly ports: Readonly<Record<string, string>>;
	/** Ports that it opens to some only, as rules name them: `22`, `8000:8010`, `*` for all. */
	readonly narrowed: readonly string[];
	/** Interfaces that it lets in whole. */
	readonly interfaces: readonly string[];
	readonly onTrial: boolean;
	readonly others: readonly string[];
	readonly ssh: readonly number[];
	/** Interfaces of guests of this host, of this moment. */
	readonly inside: readonly string[];
	readonly stack: string;
	/** What the kernel does with what is only passed on, which ufw sets and does not set back. */
	readonly forward: {readonly [program: string]: string};
};

/** ufw with these ports. Needs the package ufw. */
export const ufwFirewall = (spec: FirewallSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		ufwType,
		withEdges(
			{id: 'ufw', needs: ['package:ufw'], provides: ['done:firewall'], locks: ['systemd', 'path:/etc/ufw/user.rules']},
			edges,
		),
		spec,
	);

const ufw = '/usr/sbin/ufw';

type Record_ = {
	readonly ports: readonly number[];
	readonly interfaces: readonly string[];
	readonly enabled: boolean;
	readonly forward: {readonly [program: string]: string};
};

export const ufwType: ResourceType<FirewallSpec, UfwState> = {
	name: 'ufw',
	undoesParts: true,
	async inspect(_spec, host) {
		if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'the rules of the running kernel'});
		const unit = await unitState('ufw.service', host);
		if (unit.load === 'not-found') throw new Blocked({because: 'until', thing: 'package:ufw'});
		const [all, doors, guests, conf, defaults, added, trial] = await Promise.all([
			host.fact(firewallsConfigured),
			host.fact(sshListeners),
			host.fact(guestInterfaces),
			textOf(host, '/etc/ufw/ufw.conf'),
			textOf(host, '/etc/default/ufw'),
			host.query([ufw, 'show', 'added']),
			onTrial(host),
		]);
		return {
			enabled: /^ENABLED\s*=\s*yes/im.test(conf ?? ''),
			refuses: !/^DEFAULT_INPUT_POLICY\s*=\s*"?ACCEPT/m.test(defaults ?? ''),
			...addedIn(added),
			onTrial: trial,
			others: all.map(({name}) => name).filter(name => name !== 'ufw'),
			ssh: [...new Set(doors.map(({port}) => port))],
			inside: guests.present,
			stack: host.stack ?? 'setup',
			forward: await forwarding(host),
		};
	},
	diff(spec, state) {
		if (state === 'absent') return [{what: 'ufw', from: null, to: `allows ${spec.ports.join(', ')}; all else refused`}];
		refuse(spec, state);
		if (state.onTrial && spec.confirm === 'login') return [];
		const changes: Change[] = [
			...lacking(spec, state).ports.map(port => ({
				key: 'port',
				item: String(port),
				what: `ufw, port ${port}/tcp`,
				from: null,
				to: 'allow',
			})),
			...lacking(spec, state).interfaces.map(name => ({
				key: 'interface',
				item: name,
				what: `ufw, what comes from ${name}`,
				from: null,
				to: 'allow: guests of this host are behind it',
			})),
		];
		if (!state.enabled)
			changes.push({key: 'enabled', what: 'ufw', from: 'inactive', to: `active, ${howConfirmed(spec, state.ssh)}`});
		return changes;
	},
	holds: ({ports}) => ports.map(port => ({thing: `ufw:${port}/tcp`})),
	undoOf(spec, state) {
		const record: Record_ = {...lacking(spec, state), enabled: state.enabled, forward: state.forward};
		return {can: true, record};
	},
	async apply(spec, state, _changes, host) {
		if (!state.enabled && spec.confirm === 'login') {
			// A table that does the same until then: a boot knows nothing of it.
			const opened = {ports: spec.ports, inside: state.inside};
			const back = ['/usr/sbin/nft', 'delete', 'table', 'inet', table];
			await arm(host, spec.minutes * 60, back);
			await host.exec(['/usr/sbin/nft', '--file', '-'], {stdin: [rulesText(new Map([['trial', opened]]))]});
			await prove(host, async () => {
				await host.exec(back);
				await disarm(host);
			});
			return awaitLogin(host, {by: 'ufw', ports: spec.ports, stack: state.stack}, spec.minutes);
		}
		const {ports, interfaces} = lacking(spec, state);
		if (!state.enabled) {
			// That of a trial: from here on it is ufw that is taken back.
			await host.exec(['/usr/sbin/nft', 'delete', 'table', 'inet', table], {codes: [0, 1]});
			await arm(host, proving, [ufw, 'disable']);
		}
		for (const port of ports) await host.exec([ufw, 'allow', `${port}/tcp`]);
		for (const name of interfaces) await host.exec([ufw, 'allow', 'in', 'on', name]);
		if (state.enabled) return;
		await host.exec([ufw, '--force', 'enable']);
		await prove(host, async () => {
			await takeBack({ports, interfaces, enabled: false, forward: state.forward}, host, () => false);
			await disarm(host);
		});
		await stillOnTrial(host);
		await disarm(host);
	},
	async undo(raw, host, {spare}) {
		await disarm(host);
		await host.exec(['/usr/sbin/nft', 'delete', 'table', 'inet', table], {codes: [0, 1]});
		await takeBack(raw as Record_, host, port => spare?.(`ufw:${port}/tcp`) === true);
		return {outcome: 'undone'};
	},
};

const takeBack = async (record: Record_, host: Host, spared: (port: number) => boolean): Promise<void> => {
	const {ports} = addedIn(await host.query([ufw, 'show', 'added']));
	const going = record.ports.filter(port => !spared(port));
	const isLast = going.length === record.ports.length;
	if (!record.enabled && isLast) await host.exec([ufw, 'disable']);
	for (const port of going)
		if (ports[String(port)] === 'allow') await host.exec([ufw, '--force', 'delete', 'allow', `${port}/tcp`]);
	for (const name of isLast ? record.interfaces : [])
		await host.exec([ufw, '--force', 'delete', 'allow', 'in', 'on', name], {codes: [0, 1]});
	if (record.enabled || !isLast) return;
	for (const [program, policy] of Object.entries(record.forward)) await host.exec([program, '-P', 'FORWARD', policy]);
};

const refuse = ({ports}: FirewallSpec, state: UfwState): void => {
	refuseLockout(ports, state);
	const denied = ports.filter(port => /^(deny|reject)$/.test(state.ports[String(port)] ?? ''));
	if (denied.length > 0) throw ownRules(`ufw denies port ${denied.join(' and ')} by a rule of somebody's own`, ports);
	if (!state.refuses)
		throw ownRules('ufw lets in what no rule names (DEFAULT_INPUT_POLICY in /etc/default/ufw)', ports);
};

const lacking = (
	spec: FirewallSpec,
	state: UfwState,
): {readonly ports: readonly number[]; readonly interfaces: readonly string[]} => ({
	ports: [...new Set(spec.ports)].filter(
		port =>
			state.ports[String(port)] === undefined &&
			// Whom an operator's ufw lets in over SSH is not for a stack to widen.
			!(state.enabled && state.ssh.includes(port) && isNarrowed(port, state.narrowed)),
	),
	interfaces: state.inside.filter(name => !state.interfaces.includes(name)),
});

/** `ufw show added`: the rules as somebody would type them. */
const addedIn = (text: string): Pick<UfwState, 'ports' | 'interfaces' | 'narrowed'> => ({
	ports: Object.fromEntries(
		[...text.matchAll(/^ufw (allow|limit|deny|reject) (\d+)(?:\/tcp)?(?: comment .*)?$/gm)].map(
			([, does = '', port = '']) => [port, does],
		),
	),
	interfaces: [...text.matchAll(/^ufw allow in on (\S+)(?: comment .*)?$/gm)].map(([, name = '']) => name),
	narrowed: [...text.matchAll(/^ufw (?:allow|limit) (?:in on \S+ |in )?((?:from|to) .*)$/gm)].flatMap(([, rule = '']) =>
		(/\bport ([\d,:]+)/.exec(rule)?.[1] ?? '*').split(','),
	),
});

const isNarrowed = (port: number, rules: readonly string[]): boolean =>
	rules.some(rule => {
		const [first = '', last = first] = rule.split(':');
		return rule === '*' || (port >= Number(first) && port <= Number(last));
	});

/** Docker sets it as well, and ufw opens it when it is disabled. */
const forwarding = async (host: Reader): Promise<{readonly [program: string]: string}> => {
	const policies = await Promise.all(
		['/usr/sbin/iptables', '/usr/sbin/ip6tables'].map(async program => {
			const ran = await host.probe([program, '-S', 'FORWARD']).catch(() => undefined);
			const policy = /^-P FORWARD (\w+)/.exec(ran?.stdout ?? '')?.[1];
			return policy === undefined ? [] : [[program, policy] as const];
		}),
	);
	return Object.fromEntries(policies.flat());
};
