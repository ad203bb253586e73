import {resolve} from 'node:path';
import {apacheConfig} from '#host/apache/config.ts';
import {apache} from '#host/apache/now.ts';
import {type Changed, changedSince, changeTime, processSlack} from '#host/files/changed-since.ts';
import {everywhere} from '#host/nginx/config.ts';
import {unitState} from '#host/units/units.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type Seen} from '#model/finding.ts';
import type {Fact, Reader} from '#model/host.ts';
import {Blocked, type Unknown} from '#model/unknown.ts';
import {unit} from '#resources/units/unit.ts';
import {clock, listed, seen} from '../shared/seeing.ts';
import {reloads} from './take-up.ts';

const kinds = defineKinds({
	stale: {
		state: 'warn',
		example: {
			/** Those that changed, newest first, and all that are read at a reload. */
			stale: ['/etc/apache2/apache2.conf'] as readonly string[],
			files: ['/etc/apache2/apache2.conf'] as readonly string[],
		},
		says: ({stale}) =>
			`changed in the file, not in the process: ${listed(stale.slice(0, 4))}${stale.length > 4 ? ` and ${stale.length - 4} more` : ''}`,
		remedy: {
			sentence: 'Look whether the change is meant, then reload: a reload lets running requests end.',
			commands: reloads,
		},
		fix: ({files}) => [unit({name: 'apache2.service', running: true, takesUp: 'reload', files})],
	},
});

/** What Apache read, and when: its children come and go while it works, so their age alone does not tell. */
export const check = defineCheck({
	id: 'apache.current',
	title: 'Apache runs with the configuration that is on disk',
	why: 'What was changed in the files has no effect until a reload, and takes everybody by surprise when something else restarts the server weeks later. The same goes for a certificate that was renewed.',
	reads: [
		'the times of every file of the configuration, of the directories behind its includes, and of the certificates and keys it names',
		'systemctl show apache2.service: when it was last started or reloaded; /proc/PID/stat: when its oldest child was started',
	],
	severity: 'warn',
	layers: ['file', 'runtime'],
	requires: ['apache.running', 'apache.config'],
	source: 'Apache: Stopping and Restarting; cc-server: Apache 2 WSGI (service apache2 restart)',
	verify: 'systemctl status apache2; ls -l --time-sort /etc/apache2/sites-enabled/',
	facts: {apache, times: {id: 'apache-times', read: host => timesOf(host)} satisfies Fact<readonly Changed[]>},
	kinds,
	appliesTo: ({facts}) => facts.apache.installed || 'apache2 is not installed',
	async inspect({host, facts}) {
		const {running} = facts.apache;
		if (running === undefined)
			throw new Blocked({
				because: host.root === '/' ? 'unreadable' : 'offline-root',
				need: 'Apache has no process whose age would tell',
			});
		const {changedAt, activeSince} = await unitState('apache2.service', host);
		const told = Math.max(changedAt ?? 0, activeSince ?? 0);
		const oldest = Math.min(...running.children.map(({startedAt}) => startedAt), Number.POSITIVE_INFINITY);
		const paths = facts.times.map(({path}) => path);
		const newer = await changedSince(host, paths, told + processSlack);
		const stale = newer.filter(({at}) => at > oldest + processSlack);
		const newest = facts.times.toSorted((a, b) => b.at - a.at)[0];
		const runtime: Seen | Unknown =
			newer.length > 0 && stale.length === 0
				? {
						because: 'unreadable',
						need: 'whether somebody ran apachectl graceful: the children are newer than the files, and systemd knows of no reload',
					}
				: seen(`read ${clock(told)}`, 'systemctl show apache2.service');
		const sight = {
			expected: 'read after their last change',
			layers: {file: seen(`changed ${clock(newest?.at ?? 0)}`, newest?.path ?? '/etc/apache2'), runtime},
		};
		return stale.length === 0
			? [{...sight, is: 'ok', says: `it read its files at ${clock(told)}, and none changed since`}]
			: [
					{
						...sight,
						is: 'stale',
						data: {stale: stale.map(({path}) => path), files: facts.times.map(({path}) => path)},
					},
				];
	},
});

const timesOf = async (host: Reader): Promise<readonly Changed[]> => {
	const {top, files, directories} = await host.fact(apacheConfig);
	const keys = ['sslcertificatefile', 'sslcertificatekeyfile', 'sslcertificatechainfile'].flatMap(name =>
		everywhere(top, name),
	);
	const paths = [...files, ...directories, ...keys.map(({args: [path = '']}) => resolve('/etc/apache2', path))];
	return Promise.all([...new Set(paths)].map(async path => ({path, at: await changeTime(host, path)})));
};
