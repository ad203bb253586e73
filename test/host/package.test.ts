/** The package on a bare Debian with no network, no Node and no checkout: every way of starting, a stack, an upgrade in the middle of it, and going. */
// minutes: 2
import {beforeAll} from 'vitest';
import {earlierPackage, makePackage} from './support/package.ts';
import {livePackage, type Packages} from './support/package-life.ts';
import {hostTest} from './support/with-host.ts';

let made: Packages;
beforeAll(async () => {
	const deb = await makePackage();
	made = {deb, earlier: await earlierPackage(deb)};
}, 600_000);

hostTest(
	'the package alone installs, looks, upgrades, takes back and goes',
	{network: 'none', timeout: 600_000},
	host => livePackage(host, made),
);
