/** The ini and the unit of the application server: our own, because the repository's says uid = root. */
import {dirname} from 'node:path';
import type {Offers} from '#model/offers.ts';
import {closedService} from '#steps/shared/closed-service.ts';

export type IniOptions = {
	readonly app: Offers['project'];
	readonly debian: boolean;
	readonly module: string;
	readonly socket: string;
	readonly processes: number;
};

export const uwsgiIni = ({
	app,
	debian,
	module,
	socket,
	processes,
}: IniOptions): string => `# Written by setup. The user, the group and the run-time directory are in the unit.
[uwsgi]
${debian ? 'plugins = python3\n' : ''}chdir = ${app.directory}
module = ${module}
env = DJANGO_SETTINGS_MODULE=${app.settings}
${app.environment === undefined ? '' : `virtualenv = ${app.environment}\n`}
master = true
processes = ${processes}
need-app = true
socket = /run/ipynbsrv/${socket}
chmod-socket = 660
vacuum = true
die-on-term = true
`;

export type UnitOptions = {
	readonly uwsgi: string;
	readonly ini: string;
	readonly app: Offers['project'];
	readonly proxyGroup: string;
	readonly capabilities: readonly string[];
	readonly writes: readonly string[];
	readonly sockets: readonly string[];
};

/** The socket belongs to the proxy's group, so that its workers, and nobody else, can connect. */
export const uwsgiUnit = ({uwsgi, ini, app, proxyGroup, capabilities, writes, sockets}: UnitOptions): string =>
	closedService({
		description: 'ipynbsrv application server',
		after: ['postgresql.service', 'slapd.service', 'nslcd.service'],
		type: 'notify',
		user: app.user,
		group: proxyGroup,
		supplementaryGroups: [app.user],
		runtimeDirectory: 'ipynbsrv',
		environment: {PYTHONDONTWRITEBYTECODE: '1'},
		start: [uwsgi, '--ini', ini],
		writes: [`${app.home}/data`, ...writes],
		reads: [app.home, dirname(ini)],
		sockets,
		capabilities,
		// What it gives away is read by those who get it, and data/public by everybody.
		umask: capabilities.length > 0 ? '0022' : '0027',
	});
