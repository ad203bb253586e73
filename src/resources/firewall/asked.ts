/** What is asked of a firewall, whichever program has it, and what every one refuses: nobody is locked out, and who is in charge stays in charge. */
import {Fault} from '#model/fault.ts';

export type FirewallSpec = {
	/** TCP ports that stay open for everybody. */
	readonly ports: readonly number[];
	/** `proof`: this run tries new connections itself. `login`: somebody logs in anew, and says so there. */
	readonly confirm: 'proof' | 'login';
	/** How long it waits for that. */
	readonly minutes: number;
};
/** How it is confirmed, told before it is done. */
export const howConfirmed = (
	{confirm, minutes}: Pick<FirewallSpec, 'confirm' | 'minutes'>,
	ssh: readonly number[],
): string => {
	if (confirm === 'login')
		return `on trial for ${minutes} minutes, until setup firewall confirm is run in a login that is newer; else taken back by a timer`;
	return ssh.length === 0
		? 'as in the file (no sshd listens, so nobody can be locked out)'
		: `as in the file, once new connections to sshd on port ${ssh.join(', ')} have come through; else taken back, by a timer where this run dies`;
};

/** Throws Fault firewall.locks-out, firewall.in-charge. */
export const refuseLockout = (
	ports: readonly number[],
	{ssh, others}: {readonly ssh: readonly number[]; readonly others: readonly string[]},
): void => {
	const shut = ssh.filter(port => !ports.includes(port));
	if (shut.length > 0)
		throw new Fault(
			'firewall.locks-out',
			`sshd listens on port ${shut.join(' and ')}, which is not among the ports that stay open: ${ports.join(', ')}`,
			'Add it to the answer, or whoever comes over SSH is locked out.',
		);
	if (others.length > 0)
		throw new Fault(
			'firewall.in-charge',
			`${others.join(' and ')} is in charge of the firewall here`,
			`Open ${ports.join(', ')} there and answer that this host's own firewall stays.`,
		);
};

/** What somebody set up is not gone over. */
export const ownRules = (says: string, ports: readonly number[]): Fault =>
	new Fault(
		'firewall.own-rules',
		says,
		`Open ${ports.join(', ')} there and answer that this host's own firewall stays.`,
	);
