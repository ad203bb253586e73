/** Is this host a container? Then its clock, its kernel and its swap are somebody else's. */
import type {Fact} from '#model/host.ts';

/** `systemd-nspawn`, `lxc`, `docker`; undefined on a machine of its own. */
export const container: Fact<string | undefined> = {
	id: 'container',
	async read(host) {
		if (host.root !== '/') return undefined;
		const named = await host.read('/run/systemd/container').catch(() => undefined);
		if (named !== undefined) return Buffer.from(named).toString('utf8').trim() || 'a container';
		return (await host.stat('/.dockerenv')) === undefined ? undefined : 'docker';
	},
};
