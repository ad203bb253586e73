import {dirname, resolve} from 'node:path';
import {type Changed, changedSince, changeTime, processSlack} from '#host/files/changed-since.ts';
import {everywhere} from '#host/nginx/config.ts';
import {inUse, isRead, nginxSites, type Site} from '#host/nginx/sites.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {unit} from '#resources/units/unit.ts';
import {clock, listed, seen} from '../shared/seeing.ts';

const kinds = defineKinds({
	stale: {
		state: 'warn',
		example: {
			unit: 'nginx.service',
			argv: ['nginx'] as readonly string[],
			/** Newest first. */
			newer: ['/etc/nginx/nginx.conf'] as readonly string[],
			/** All that are read at a reload. */
			files: ['/etc/nginx/nginx.conf'] as readonly string[],
		},
		says: ({newer}) =>
			`changed in the file, not in the process: ${listed(newer.slice(0, 4))}${newer.length > 4 ? ` and ${newer.length - 4} more` : ''}`,
		remedy: ({argv, unit: of}) => ({
			sentence: 'Look whether the change is meant, then reload: a reload closes no connection.',
			commands: [
				[...argv, '-t'],
				['systemctl', 'reload', of],
			],
		}),
		fix: ({unit: of, files}) => [unit({name: of, running: true, takesUp: 'reload', files})],
	},
});

/** A file edited and not reloaded is a surprise that waits for the next restart; a renewed certificate that nobody loaded is an outage with a date. */
export const check = defineCheck({
	id: 'nginx.current',
	title: 'nginx runs with the configuration that is on disk',
	why: 'What was changed in the files has no effect until a reload, and takes everybody by surprise when something else restarts the server weeks later. The same goes for a certificate that was renewed.',
	reads: [
		'the times of every file of the configuration, of the directories behind its includes, and of the certificates and keys it names',
		'/proc/PID/stat: when the workers were started',
	],
	severity: 'warn',
	layers: ['file', 'runtime'],
	requires: ['nginx.running', 'nginx.config'],
	source: 'nginx: Controlling nginx, Changing Configuration',
	verify: 'ps -o lstart= -C nginx; ls -l --time-sort /etc/nginx/sites-enabled/',
	facts: {sites: nginxSites},
	kinds,
	appliesTo: ({facts}) => facts.sites.length > 0 || 'neither nginx nor OpenResty is installed',
	async inspect({host, facts}) {
		const used = inUse(facts.sites.map(({nginx}) => nginx));
		const sites = facts.sites.filter(({nginx}) => used.includes(nginx));
		return findings(await Promise.all(sites.map(site => findingOf(site, host))));
	},
});

const findingOf = async ({nginx, config}: Site, host: Reader): Promise<FoundOf<typeof kinds>> => {
	if (!isRead(config)) throw new Blocked(config);
	const starts = nginx.running?.workers.map(({startedAt}) => startedAt) ?? [];
	if (starts.length === 0)
		throw new Blocked({
			because: host.root === '/' ? 'unreadable' : 'offline-root',
			need: `${nginx.name} has no workers whose age would tell`,
		});
	// A worker that crashed was replaced with the configuration of its master: the oldest tells when that was read.
	const since = Math.min(...starts);
	const files = watched(config);
	const times = await Promise.all(
		files.map(async (path): Promise<Changed> => ({path, at: await changeTime(host, path)})),
	);
	const newer = (await changedSince(host, files, since + processSlack)).toSorted((a, b) => b.at - a.at);
	const newest = times.toSorted((a, b) => b.at - a.at)[0];
	const sight = {
		item: nginx.name,
		expected: 'read after their last change',
		layers: {
			file: seen(`changed ${clock(newest?.at ?? 0)}`, newest?.path ?? nginx.conf),
			runtime: seen(`read ${clock(since)}`, `workers of process ${nginx.running?.master.pid}`),
		},
	};
	return newer.length === 0
		? {...sight, is: 'ok', says: `it read its files at ${clock(since)}, and none changed since`}
		: {...sight, is: 'stale', data: {unit: nginx.unit, argv: nginx.argv, newer: newer.map(({path}) => path), files}};
};

/** Files that are read at a reload and at no other time. */
const watched = ({top, files, directories}: Extract<Site['config'], {readonly top: unknown}>): readonly string[] => {
	const keys = ['ssl_certificate', 'ssl_certificate_key'].flatMap(name => everywhere(top, name));
	const named = keys.flatMap(({args: [path = '']}) =>
		/^(data:|engine:)|\$/.test(path) ? [] : [resolve(dirname(files[0] ?? '/'), path)],
	);
	return [...new Set([...files, ...directories, ...named])];
};
