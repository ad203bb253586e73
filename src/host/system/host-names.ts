/** The names this host goes by, for settings that list them. */
import {trimmed} from '#edit/blanks.ts';
import {entriesOf} from '#edit/line-formats/hosts.ts';
import type {Fact} from '#model/host.ts';

/** The host name, what /etc/hosts calls it, and localhost: names that a browser can ask for. */
export const hostNames: Fact<readonly string[]> = {
	id: 'host-names',
	async read(host) {
		const text = async (path: string): Promise<string> => Buffer.from((await host.read(path)) ?? '').toString('utf8');
		const name = trimmed(await text('/etc/hostname')).toLowerCase();
		const known = entriesOf(await text('/etc/hosts')).map(({names}) => names.map(one => one.name.toLowerCase()));
		const own = known
			.filter(names => name !== '' && names.some(one => one === name || one.startsWith(`${name}.`)))
			.flat();
		return [...new Set([name, ...own, 'localhost'].filter(one => /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(one)))];
	},
};
