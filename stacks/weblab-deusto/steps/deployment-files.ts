/** The texts of the wrapper, of supervisor's program, and of what closes supervisor. */

/**
 * The guide's wrapper, mended in three places: arguments stay as they are; the wrapper waits until the program is really gone, because supervisor starts
 * the next one as soon as it ends; and what it ends with is what the program ended with.
 */
export const wrapper = (environment: string): string => `#!/bin/bash
# Written by setup, after the guide of WebLab-Deusto (Step 2).
_term() {
	kill -TERM "$child" 2>/dev/null
}

# When SIGTERM is sent, send it to weblab-admin.
trap _term SIGTERM

source ${quoted(`${environment}/bin/activate`)}
weblab-admin "$@" &

child=$!
wait "$child"
code=$?
# A signal ends the first wait, and not yet the program.
while kill -0 "$child" 2>/dev/null; do
	wait "$child"
	code=$?
done
exit "$code"
`;

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

export type ProgramFile = {
	readonly name: string;
	readonly user: string;
	readonly home: string;
	readonly script: string;
	readonly deployments: string;
	readonly autostart: boolean;
	readonly logMegabytes: number;
	readonly logFiles: number;
	readonly environment: readonly string[];
};

/** In /etc/supervisor/conf.d. The logs are in root's folder: supervisord opens, moves and removes them as root. */
export const programFile = (program: ProgramFile): string => {
	const log = `/var/log/supervisor/weblab-${program.name}`;
	const variables = [`HOME=${program.home}`, `USER=${program.user}`, ...program.environment];
	return `; Written by setup, after the guide of WebLab-Deusto (Step 3).
[program:weblab-${program.name}]
command=/usr/bin/setpriv --no-new-privs ${program.script} start ${program.name}
directory=${percent(program.deployments)}
user=${program.user}
environment=${variables.map(variable).join(',')}
autostart=${program.autostart}
autorestart=true
; Databases may still be starting when it does.
startsecs=3
startretries=10
stopwaitsecs=30
stopasgroup=false
killasgroup=true
stdout_logfile=${log}.out.log
stdout_logfile_maxbytes=${program.logMegabytes}MB
stdout_logfile_backups=${program.logFiles}
stderr_logfile=${log}.err.log
stderr_logfile_maxbytes=${program.logMegabytes}MB
stderr_logfile_backups=${program.logFiles}
`;
};

const variable = (one: string): string => {
	const [, name = '', value = ''] = /^([^=]*)=?(.*)$/.exec(one) ?? [];
	return `${name}="${percent(value).replaceAll(/["\\]/g, '\\$&')}"`;
};

/** `%` begins an expansion. */
const percent = (text: string): string => text.replaceAll('%', '%%');

/** A drop-in of supervisor.service: after the databases, and closed but for what is named. supervisord itself must become the users of its programs. */
export const confinement = (writes: readonly string[] | undefined, home: string): string => `# Written by setup.
[Unit]
After=mariadb.service redis-server.service network-online.target
Wants=network-online.target
${
	writes === undefined
		? ''
		: `
[Service]
NoNewPrivileges=true
CapabilityBoundingSet=CAP_SETUID CAP_SETGID CAP_KILL CAP_CHOWN CAP_FOWNER CAP_DAC_OVERRIDE
ProtectSystem=strict
ReadWritePaths=/run /var/log/supervisor ${writes.join(' ')}
${/^\/(home|root)\//.test(home) ? '' : 'ProtectHome=true\n'}PrivateTmp=true
PrivateDevices=true
ProtectKernelTunables=true
ProtectKernelModules=true
ProtectKernelLogs=true
ProtectControlGroups=true
ProtectClock=true
ProtectHostname=true
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=true
RestrictRealtime=true
RestrictSUIDSGID=true
LockPersonality=true
SystemCallArchitectures=native
InaccessiblePaths=-/var/lib/host-setup
`
}`;
