/** What servers of root's, and root's clients of servers, read and open: configuration that names code, and logs that root opens by name. */
import {dirname} from 'node:path';
import type {Reader} from '#model/host.ts';
import {apache} from '../apache/now.ts';
import {apacheReads} from '../apache/reads.ts';
import {mysqlFile} from '../mysql/file.ts';
import {nginxes} from '../nginx/now.ts';
import {nginxReads} from '../nginx/reads.ts';
import {ifTold} from '../see.ts';
import {type SupervisorSection, supervisorText} from '../supervisor/file.ts';
import {programsIn} from './programs-in.ts';
import {all, type RootRead} from './root-read.ts';

export const webServers = async (host: Reader): Promise<readonly RootRead[]> => {
	const nginx = await Promise.all(
		(await host.fact(nginxes)).map(async ({name, binary, conf}) =>
			all(name, [binary, ...((await ifTold(() => host.fact(nginxReads(conf)))) ?? [])]),
		),
	);
	const reads = (await host.fact(apache)).installed ? ((await ifTold(() => host.fact(apacheReads))) ?? []) : [];
	return [...nginx.flat(), ...all('Apache', reads)];
};

/** Its option files name plug-ins, which root's client loads; Debian's own start script is such a client. */
export const mysqlClient = async (host: Reader): Promise<readonly RootRead[]> => {
	const file = await ifTold(() => host.fact(mysqlFile));
	return file === undefined || file === 'absent' ? [] : all("root's client of MariaDB or MySQL", file.reads);
};

/** supervisord is root's: it starts what its files name, and opens its programs' logs, all by name. */
export const supervisor = async (host: Reader): Promise<readonly RootRead[]> => {
	const file = await ifTold(() => host.fact(supervisorText));
	if (file === undefined || file === 'absent') return [];
	const {sections, reads} = file;
	const ofRoot = sections.filter(({options}) => ['', 'root', '0'].includes(options.get('user') ?? ''));
	return all('supervisor', [
		...reads,
		...ofRoot.flatMap(({options}) => programsIn(options.get('command') ?? '', options.get('directory'))),
		...sections.flatMap(opened),
	]);
};

const opened = ({options}: SupervisorSection): readonly string[] =>
	['logfile', 'pidfile', 'file', 'stdout_logfile', 'stderr_logfile'].flatMap(name => {
		const path = options.get(name) ?? '';
		return /^\/(?!dev\/)[^%]+$/.test(path) ? [dirname(path)] : [];
	});
