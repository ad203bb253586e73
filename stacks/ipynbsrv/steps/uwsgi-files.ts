/** The ini and the unit of the application server: our own, because the repository's says uid = root. */
import type {Offers} from '#model/offers.ts';

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
	readonly user: string;
	readonly proxyGroup: string;
	readonly capabilities: readonly string[];
};

/** The socket belongs to the proxy's group, so that its workers, and nobody else, can connect. */
export const uwsgiUnit = ({uwsgi, ini, user, proxyGroup, capabilities}: UnitOptions): string => `[Unit]
Description=ipynbsrv application server
After=network-online.target postgresql.service slapd.service nslcd.service
Wants=network-online.target

[Service]
Type=notify
NotifyAccess=all
User=${user}
Group=${proxyGroup}
SupplementaryGroups=${user}
RuntimeDirectory=ipynbsrv
RuntimeDirectoryMode=0755
Environment=PYTHONDONTWRITEBYTECODE=1
ExecStart=${uwsgi} --ini ${ini}
KillMode=mixed
TimeoutStopSec=30
Restart=on-failure
${capabilities.length === 0 ? '' : `AmbientCapabilities=${capabilities.join(' ')}\nCapabilityBoundingSet=${capabilities.join(' ')}\n`}NoNewPrivileges=true
PrivateTmp=true

[Install]
WantedBy=multi-user.target
`;
