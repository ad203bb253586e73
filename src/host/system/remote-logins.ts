/** From which public addresses people are logged in to this host just now: where whoever sets it up most likely is. */
import {isIP} from 'node:net';
import type {Fact} from '#model/host.ts';
import {textOf} from '../files/text-of.ts';
import {ifTold} from '../see.ts';

const sessions = '/run/systemd/sessions';

/** Sorted; those of private networks are left out, for nobody outside of them can tell whose they are. */
export const remoteLogins: Fact<readonly string[]> = {
	id: 'remote-logins',
	async read(host) {
		const names = (await ifTold(() => host.list(sessions))) ?? [];
		const texts = await Promise.all(
			names
				.filter(name => !name.endsWith('.ref'))
				.map(async name => (await ifTold(() => textOf(host, `${sessions}/${name}`))) ?? ''),
		);
		const addresses = texts.flatMap(text => /^REMOTE_HOST=(\S+)$/m.exec(text)?.[1] ?? []);
		return [...new Set(addresses.filter(one => isIP(one) !== 0 && !inside.test(one)))].toSorted();
	},
};

const inside =
	/^(10\.|127\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|::1$|f[cd]|fe80:)/i;
