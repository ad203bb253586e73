/** The texts of uwsgi's ini and of its unit: ours, because a repository's own may say uid = root. */
import {dirname} from 'node:path';
import type {Offers} from '#model/offers.ts';
import {closedService} from './closed-service.ts';

export type IniOptions = {
	/** Its sockets lie in /run/NAME. */
	readonly name: string;
	readonly app: Offers['project'];
	readonly debian: boolean;
	readonly module: string;
	readonly socket: string;
	readonly processes?: number | undefined;
	/** What the repository's own ini says of how it is to be served; answers count more. */
	readonly shipped: Readonly<Record<string, string>>;
};

export const uwsgiIni = ({
	name,
	app,
	debian,
	module,
	socket,
	processes,
	shipped,
}: IniOptions): string => `# Written by setup. The user, the group and the run-time directory are in the unit.
[uwsgi]
${debian ? 'plugins = python3\n' : ''}chdir = ${app.directory}
module = ${module}
env = DJANGO_SETTINGS_MODULE=${app.settings}
${app.environment === undefined ? '' : `virtualenv = ${app.environment}\n`}
master = true
${lines({processes: '2', ...shipped, ...(processes !== undefined && {processes: String(processes)})})}
need-app = true
socket = /run/${name}/${socket}
chmod-socket = 660
vacuum = true
die-on-term = true
`;

const lines = (options: Readonly<Record<string, string>>): string =>
	Object.entries(options)
		.map(([key, value]) => `${key} = ${value}`)
		.join('\n');

export type UnitOptions = {
	readonly name: string;
	readonly uwsgi: string;
	readonly ini: string;
	readonly app: Offers['project'];
	readonly proxyGroup: string;
	/** Units that it starts after. */
	readonly after: readonly string[];
	/** Where the data of the application lies. */
	readonly data: string;
	readonly capabilities: readonly string[];
	readonly writes: readonly string[];
	readonly sockets: readonly string[];
	/** Directories of this host's own at the top. */
	readonly others: readonly string[];
};

/** The socket belongs to the proxy's group, so that its workers, and nobody else, can connect. */
export const uwsgiUnit = ({
	name,
	uwsgi,
	ini,
	app,
	proxyGroup,
	after,
	data,
	capabilities,
	writes,
	sockets,
	others,
}: UnitOptions): string =>
	closedService({
		description: `${name} application server`,
		after,
		type: 'notify',
		user: app.user,
		group: proxyGroup,
		supplementaryGroups: [app.user],
		runtimeDirectory: name,
		environment: {PYTHONDONTWRITEBYTECODE: '1'},
		start: [uwsgi, '--ini', ini],
		writes: [data, ...writes],
		reads: [app.home, dirname(ini)],
		sockets,
		others,
		capabilities,
		// What it gives away is read by those who get it, and data/public by everybody.
		umask: capabilities.length > 0 ? '0022' : '0027',
	});
