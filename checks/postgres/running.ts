/** A cluster is a unit of its own; postgresql.service says "active" while all of them are down. */

import {allBlank, wordsIn} from '#edit/blanks.ts';
import {textOf} from '#host/files/text-of.ts';
import {postgresClusters} from '#host/postgres/clusters.ts';
import {runningFindings} from '#host/units/service-findings.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {serviceKinds} from '../shared/service.ts';

const kinds = {
	...serviceKinds('PostgreSQL'),
	...defineKinds({
		byHand: {
			state: 'warn',
			example: {path: '/etc/postgresql/15/main/start.conf', word: 'manual'},
			says: ({path, word}) => `it will not start at the next boot: ${path} says ${word}`,
			remedy: ({path}) => ({
				sentence: `Write auto into ${path}, then systemctl daemon-reload, so that postgresql.service starts it too; where it is started by hand on purpose, waive it.`,
			}),
		},
	}),
};

export const check = defineCheck({
	id: 'postgres.running',
	title: 'PostgreSQL runs, and starts at boot',
	why: 'An application without its database shows errors only. postgresql.service itself is but a name for all clusters: it is active even when none of them runs.',
	reads: [
		'/etc/postgresql: the clusters of this host',
		'systemctl show postgresql@VERSION-NAME.service, postgresql.service',
		'/etc/postgresql/VERSION/NAME/start.conf: auto, manual or disabled',
	],
	severity: 'fail',
	layers: ['runtime', 'file'],
	source: 'ipynbsrv guide, "Postgres Container"; OpenSlides guide, "Configure PostgreSQL"',
	verify: 'pg_lsclusters',
	facts: {clusters: postgresClusters},
	appliesTo: ({facts}) => facts.clusters.length > 0 || 'no PostgreSQL cluster is on this host',
	async inspect({host, facts}) {
		const all = await Promise.all(
			facts.clusters.map(async ({version, name, unit, directory}): Promise<readonly FoundOf<typeof kinds>[]> => {
				const [runs, boots] = await runningFindings(unit, host, {
					atBoot: 'postgresql.service',
					prefix: `${version}/${name} `,
				});
				const path = `${directory}/start.conf`;
				const word = await startWord(host, path);
				if (word === 'auto' || boots.is !== 'ok') return [runs, boots];
				const {layers, expected, item = `${version}/${name} boot`} = boots;
				return [
					runs,
					{item, expected, layers: {...layers, file: {value: word, where: path}}, is: 'byHand', data: {path, word}},
				];
			}),
		);
		return findings(all.flat());
	},
	kinds,
});

/** The first line that is no comment; without one it is `auto`. */
const startWord = async (host: Reader, path: string): Promise<string> => {
	const lines = ((await textOf(host, path)) ?? '').split('\n').map(line => line.replace(/#.*$/, ''));
	return wordsIn(lines.find(line => !allBlank(line)) ?? 'auto')[0]?.text ?? 'auto';
};
