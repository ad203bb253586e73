/** A database that gets no fixes is a matter of time; the date tells how much of it is left. */

import {packages} from '#host/apt/packages.ts';
import {release} from '#host/apt/release.ts';
import {mysqlServerOf} from '#host/mysql/file.ts';
import {mysqlNow} from '#host/mysql/now.ts';
import {ifTold, see, there} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {supportedFinding, supportKinds} from '../shared/supported.ts';

const kinds = supportKinds({
	sentence:
		'Upgrade to a supported series (with a dump before): on Debian and Ubuntu with the next release of the distribution.',
});

export const check = defineCheck({
	id: 'mysql.version',
	title: 'MariaDB or MySQL is a supported version',
	why: 'A version without security fixes stays open to everything that is found from then on.',
	reads: [
		'/var/lib/dpkg/status: the version of the server package',
		'SELECT VERSION()',
		'the dates that its makers and the distribution announced',
	],
	severity: 'fail',
	layers: ['file'],
	source: 'mariadb.org, maintenance policy; mysql.com, end of life notice; the release cycles of Debian and Ubuntu',
	verify: 'mariadb --version; the page of its makers about supported versions',
	facts: {packages, release, now: mysqlNow},
	kinds,
	appliesTo: ({facts}) => {
		const server = mysqlServerOf(facts.packages);
		return server === undefined ? 'neither MariaDB nor MySQL is installed' : there(facts, ['now'], {server});
	},
	async inspect({facts, now}) {
		const server = facts.server;
		const runs = await ifTold(() => facts.now.version);
		return [
			supportedFinding({
				name: server.name,
				product: server.flavour,
				series: seriesOf(server.version),
				codename: facts.release.codename,
				now,
				file: {value: server.version, where: '/var/lib/dpkg/status'},
				runtime: await see(() => ({value: facts.now.version, where: 'SELECT VERSION()'})),
				runs: runs === undefined ? undefined : seriesOf(runs),
			}),
		];
	},
});

const seriesOf = (version: string): string => version.split('.').slice(0, 2).join('.');
