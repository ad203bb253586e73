/** Postfix takes most of main.cf up by itself, but where it listens only when it starts: the file says loopback, the kernel says everywhere. */

import {isInstalled, packages} from '#host/apt/packages.ts';
import {textOf} from '#host/files/text-of.ts';
import {type Postfix, postfix} from '#host/postfix/now.ts';
import {ifTold, isSeen, see, there} from '#host/see.ts';
import {reachOf} from '#host/system/interfaces.ts';
import {type Listener, listeners} from '#host/system/listeners.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {unit} from '#resources/units/unit.ts';
import {kernelBound} from '../shared/kernel-bound.ts';

const kinds = defineKinds({
	stale: {
		state: 'warn',
		example: {outside: true},
		says: ({outside}) =>
			`changed in the file, not in the process: it still listens ${outside ? 'beyond this host' : 'on this host only'}`,
		remedy: {sentence: 'Restart Postfix.', commands: [['systemctl', 'restart', 'postfix.service']]},
		fix: () => [unit({name: 'postfix.service', running: true, notBefore: Date.now()})],
	},
});

export const check = defineCheck({
	id: 'postfix.restart-pending',
	title: 'Postfix listens where its file says',
	why: 'inet_interfaces is read when Postfix starts. Edited and not restarted, a host that was to send only goes on taking mail from everybody.',
	reads: [
		'postconf: inet_interfaces',
		'/proc/net/tcp and tcp6: port 25, of several instances what the first one holds',
	],
	severity: 'warn',
	layers: ['file', 'kernel'],
	requires: ['postfix.running'],
	source: 'Postfix documentation, postconf(5): inet_interfaces (a stop and start is needed)',
	verify: 'postconf inet_interfaces; ss -ltn sport = :25',
	facts: {packages, postfix, listeners},
	kinds,
	appliesTo: ({facts}) =>
		isInstalled(facts.packages.all.get('postfix')) ? there(facts, ['postfix']) : 'postfix is not installed',
	async inspect({host, facts}) {
		const file = await see(() => {
			const {main, how} = facts.postfix;
			return {value: main.get('inet_interfaces') ?? 'all', where: `${how}: inet_interfaces`};
		});
		const sockets = await ifTold(() => ownSockets(host, facts.postfix, facts.listeners));
		const look = (): readonly Listener[] => sockets ?? facts.listeners;
		const kernel = await see(() => kernelBound(host, look, 25).seen);
		const local =
			isSeen(file) &&
			String(file.value)
				.split(/[\s,]+/)
				.every(one => one === 'loopback-only' || reachOf(one, new Map()) === 'host');
		const outside =
			isSeen(kernel) && kernelBound(host, look, 25).addresses.some(address => reachOf(address, new Map()) !== 'host');
		const bad = isSeen(file) && isSeen(kernel) && (kernel.value as readonly string[]).length > 0 && local === outside;
		const sight = {expected: isSeen(file) ? file.value : 'as its file says', layers: {file, kernel}};
		return [bad ? {...sight, is: 'stale', data: {outside}} : {...sight, is: 'ok'}];
	},
});

/** A further instance listens for itself, by settings of its own: of several only what the first one's own process holds is its. */
const ownSockets = async (
	host: Reader,
	{main, others}: Postfix,
	all: readonly Listener[],
): Promise<readonly Listener[]> => {
	if (others.length === 0) return all;
	const text = await textOf(host, `${main.get('queue_directory') || '/var/spool/postfix'}/pid/master.pid`);
	const pid = Number(text ?? 0);
	return pid > 0 ? all.filter(({process}) => process?.pid === pid) : all;
};
