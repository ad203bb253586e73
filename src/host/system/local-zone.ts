/** The time zone the host is set to. */
import type {Fact} from '#model/host.ts';

/** From /etc/localtime's link, or /etc/timezone; UTC where neither says. */
export const localZone: Fact<string> = {
	id: 'local-zone',
	async read(host) {
		const link = (await host.stat('/etc/localtime'))?.target ?? '';
		const linked = /zoneinfo\/(?:posix\/|right\/)?([A-Za-z0-9_+/-]+)$/.exec(link)?.[1];
		const written = Buffer.from((await host.read('/etc/timezone')) ?? '')
			.toString('utf8')
			.trim();
		const zone = linked ?? (written === '' ? 'UTC' : written);
		return zone === 'Etc/UTC' ? 'UTC' : zone;
	},
};
