/**
 * Rules on trial: the kernel has them, no file does, and a timer of systemd's takes them back unless they are confirmed. It fires though setup, the
 * session or the network dies, and a boot knows nothing of them: nobody stays locked out.
 */
import {sha256} from '#host/files/stash.ts';
import {textOf} from '#host/files/text-of.ts';
import {sshListeners} from '#host/system/ssh-ports.ts';
import {uptime} from '#host/system/ssh-session.ts';
import {Fault} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';
import {isReached} from './new-connection.ts';

const backUnit = 'host-setup-firewall-back';
/** What is on trial, for `setup firewall confirm`; gone after a boot, as the trial is. */
const trialRecord = '/run/host-setup-firewall.json';

/** Seconds that setup has to prove it itself. */
export const proving = 120;

/** Is something on trial? */
export const onTrial = async (host: Reader): Promise<boolean> =>
	(await host.probe(['systemctl', 'is-active', '--quiet', `${backUnit}.timer`])).code === 0;

/** From now on `back` runs after so many seconds. */
export const arm = async (host: Host, seconds: number, back: readonly string[]): Promise<void> => {
	await disarm(host);
	await host.exec([
		'systemd-run',
		'--quiet',
		'--collect',
		`--unit=${backUnit}`,
		'--description=Take back firewall rules that nobody confirmed',
		`--on-active=${seconds}`,
		'--timer-property=AccuracySec=1s',
		'--',
		...back,
	]);
};

/** Nothing takes it back any more. */
export const disarm = async (host: Host): Promise<void> => {
	if (await onTrial(host)) await host.exec(['systemctl', 'stop', `${backUnit}.timer`]);
	const there = await host.stat(trialRecord);
	if (there !== undefined) await host.remove(trialRecord, {was: there.id});
};

export type Trial = {
	readonly by: 'nftables' | 'ufw';
	readonly ports: readonly number[];
	readonly stack: string;
	/** Seconds after the boot: a login that began before proves nothing. */
	readonly since: number;
};

/** What is on trial; undefined where that is nothing that waits for a login. */
export const readTrial = async (host: Reader): Promise<Trial | undefined> => {
	const text = await textOf(host, trialRecord);
	return text === undefined ? undefined : (JSON.parse(text) as Trial);
};

/** Leaves it to a person, who finds what it is here. */
export const awaitLogin = async (host: Host, trial: Omit<Trial, 'since'>, minutes: number): Promise<void> => {
	const record: Trial = {...trial, since: await uptime(host)};
	const before = await host.read(trialRecord);
	await host.replace(trialRecord, [JSON.stringify(record)], {
		was: before === undefined ? 'absent' : sha256(before),
		mode: 0o600,
		owner: 'root:root',
	});
	host.say(
		`On trial for ${minutes} minutes: log in anew, and there run setup firewall confirm. Else it is taken back.`,
	);
};

/** New connections to each door of sshd, from outside this host's own network. Where one fails, `back` is done and a Fault says which. */
export const prove = async (host: Host, back: () => Promise<void>): Promise<void> => {
	host.forget();
	const failed = await isReached(await host.fact(sshListeners), host).catch(async error => {
		await back();
		throw error;
	});
	if (failed.length === 0) return;
	await back();
	throw new Fault(
		'firewall.unproven',
		`a new connection to sshd did not come through on ${failed.join(' and ')}, so the rules were taken back`,
		'See what else filters here (nft list ruleset), then run the same command again.',
	);
};

/** The timer has not fired meanwhile. Throws Fault firewall.taken-back. */
export const stillOnTrial = async (host: Host): Promise<void> => {
	if (!(await onTrial(host)))
		throw new Fault(
			'firewall.taken-back',
			'the rules were taken back before they were confirmed: it took too long',
			'Run the same command again.',
		);
};
