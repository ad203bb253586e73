/** A service that fetches by itself, told of the proxy of this host: its unit has an environment of its own, and reads the file that the step `fetching` keeps. */
import {inEnvironment} from '#host/outgoing/host-proxy.ts';
import {outgoing} from '#host/outgoing/way-out.ts';
import type {Offers} from '#model/offers.ts';
import type {Resource} from '#model/resource.ts';
import type {Thing} from '#model/thing.ts';
import {directory} from '#resources/files/directory.ts';
import {unitFile, unit as unitThere} from '#resources/units/unit.ts';

type ProxyFile = Offers['proxyFile'] | undefined;

/** A drop-in, where there is a proxy. `broughtBy`: of a unit that nobody else looks at, which reads it anew then. */
export const throughProxy = (unit: string, proxy: ProxyFile, broughtBy?: Thing): readonly Resource[] =>
	proxy === undefined || !isProxied()
		? []
		: [
				directory({path: `/etc/systemd/system/${unit}.d`, mode: 0o755, owner: 'root:root'}),
				unitFile(
					{name: dropIn(unit), text: `# Written by setup.\n[Service]\nEnvironmentFile=-${proxy.path}\n`},
					{needs: [proxy.made]},
				),
				...(broughtBy === undefined
					? []
					: [unitThere({name: unit}, {needs: [broughtBy, `path:/etc/systemd/system/${dropIn(unit)}`]})]),
			];

/** For the unit itself: what it must not be older than. */
export const readsProxy = (proxy: ProxyFile): {readonly files?: readonly string[]} =>
	proxy === undefined || !isProxied() ? {} : {files: [proxy.path]};

/** What the unit is started after. */
export const proxyReady = (unit: string, proxy: ProxyFile): readonly Thing[] =>
	proxy === undefined || !isProxied() ? [] : [proxy.made, `path:/etc/systemd/system/${dropIn(unit)}`];

const dropIn = (unit: string): string => `${unit}.d/00-host-setup-proxy.conf`;

const isProxied = (): boolean => {
	const {proxy} = outgoing();
	return typeof proxy === 'object' || (proxy === 'as it is' && inEnvironment() !== undefined);
};
