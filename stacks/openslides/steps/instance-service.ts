/** What makes instances: the programs, their settings, the socket by which the backend asks for one role of one instance, and the rule for sudo. */

import type {Resource} from '#model/resource.ts';
import type {Secret} from '#model/secret.ts';
import {directory} from '#resources/files/directory.ts';
import {edit} from '#resources/files/edit.ts';
import {file} from '#resources/files/file.ts';
import {symlink} from '#resources/files/symlink.ts';
import {unit, unitFile} from '#resources/units/unit.ts';
import {instancePrograms} from '../programs-script.ts';

const socketUnit = 'openslides-instances.socket';
const folder = '/usr/local/lib/openslides';
const settingsFile = '/etc/openslides/instances.json';
const passwordFile = '/etc/openslides/postgres-password';

/** What a proof of instances depends on. */
export const watched: readonly string[] = [
	settingsFile,
	...Object.keys(instancePrograms).map(name => `${folder}/${name}`),
];

export type InstanceSettings = {
	readonly user: string;
	readonly metadata: string;
	readonly instances: string;
	readonly uploads: string;
	readonly site: string;
	readonly domains: readonly string[];
	readonly images: readonly string[];
	readonly network: string;
	readonly address: string;
	readonly timezone: string;
	readonly certificate: string;
	readonly key: string;
	readonly database: {readonly host: string; readonly port: number; readonly role: string};
	readonly password: Secret;
};

/** Provides `done:instance-service`. */
export const instanceService = ({password, database, ...settings}: InstanceSettings): readonly Resource[] => {
	const told = {
		...settings,
		database: {...database, password_file: passwordFile},
		nginx: '/etc/nginx',
		nginx_unit: 'nginx.service',
	};
	return [
		directory({path: settings.instances, mode: 0o755, owner: 'root:root'}, {holdsData: true}),
		...Object.entries(instancePrograms).map(([name, text]) =>
			file({path: `${folder}/${name}`, text, mode: text.startsWith('#!') ? 0o755 : 0o644, owner: 'root:root'}),
		),
		symlink({path: `${folder}/rkt`, target: 'rkt.py'}, {needs: [`path:${folder}/rkt.py`]}),
		file({
			path: settingsFile,
			text: `${JSON.stringify(told, undefined, '\t')}\n`,
			mode: 0o644,
			owner: 'root:root',
		}),
		file({path: passwordFile, text: [password, '\n'], mode: 0o600, owner: 'root:root'}),
		unitFile({name: socketUnit, text: socketText(settings.user)}, {needs: [`user:${settings.user}`]}),
		unitFile({name: 'openslides-instances@.service', text: serviceText}),
		unit(
			{name: socketUnit, enabled: true, running: true},
			{
				needs: [
					`path:/etc/systemd/system/${socketUnit}`,
					'path:/etc/systemd/system/openslides-instances@.service',
					`path:${settingsFile}`,
					`path:${passwordFile}`,
					`path:${settings.instances}`,
					`path:${folder}/rkt`,
					...Object.keys(instancePrograms).map(name => `path:${folder}/${name}` as const),
				],
				provides: ['done:instance-service'],
			},
		),
		edit(
			{
				path: '/etc/sudoers.d/openslides',
				format: 'sudoers',
				create: '# Written by setup: one role for one instance, each by its id.\n',
				settings: verbs.map(verb => ({rule: sudoRule(settings.user, verb)})),
				mode: 0o440,
				owner: 'root:root',
				check: draft => ['/usr/sbin/visudo', '--check', '--strict', `--file=${draft}`],
			},
			{needs: ['package:sudo', `user:${settings.user}`]},
		),
	];
};

const verbs = ['add', 'remove', 'start', 'stop', 'update'] as const;

/** No star: it would stand for blanks and further words as well. */
const sudoRule = (user: string, verb: string): string =>
	`${user} ALL=(root) NOPASSWD: ${folder}/instances ${verb} ${'[0-9a-f]'.repeat(32)}`;

/** The backend's unit gains no privileges, so sudo is not for it: it has this door, through which a verb and an id go and nothing else. */
const socketText = (user: string): string => `# Written by setup.
[Unit]
Description=Where the OpenSlides backend asks for instances

[Socket]
ListenStream=/run/openslides/instances.sock
SocketUser=root
SocketGroup=${user}
SocketMode=0660
DirectoryMode=0755
Accept=yes
MaxConnections=32

[Install]
WantedBy=sockets.target
`;

const serviceText = `# Written by setup.
[Unit]
Description=One role for one instance of OpenSlides
After=postgresql.service redis-server.service openslides-network.service
CollectMode=inactive-or-failed

[Service]
ExecStart=${folder}/instances --serve
StandardInput=socket
StandardOutput=socket
StandardError=journal
RuntimeDirectory=openslides
RuntimeDirectoryMode=0755
RuntimeDirectoryPreserve=yes
UMask=0022
TimeoutStopSec=300
`;
