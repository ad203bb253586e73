import {z} from 'zod';
import {defineStep} from '#model/step.ts';
import {directory} from '#resources/files/directory.ts';
import {file} from '#resources/files/file.ts';
import {loopbackOnly} from '#resources/network/loopback-only.ts';
import {unit, unitFile} from '#resources/units/unit.ts';
import {portFree} from '#steps/probes/port-free.ts';
import {closedService} from '#steps/shared/closed-service.ts';
import {backendProgram} from '../programs-script.ts';
import {ownPair} from './instance-certificate.ts';
import {instanceService} from './instance-service.ts';

const service = 'openslides-backend.service';
const folder = '/usr/local/lib/openslides';

/** The backend as a unit: closed, on this host alone, and without the password of PostgreSQL, which it only hands on. */
export const backend = defineStep({
	id: 'backend',
	title: 'Backend service',
	about:
		'The backend as its own user, as a closed unit, on port 5000 of this host. A program of setup starts it from the unchanged checkout, and mends what newer Pythons took away and what the backend tells its log. The password of the superuser is not on its command line, where every account could read it: the backend only hands it on, and is given the name of a file instead.',
	guide: 'OpenSlides: Run in foreground; Systemd service file example',
	uses: {
		app: 'openslidesBackend',
		site: 'site',
		database: 'database',
		network: 'containerNetwork',
		instances: 'openslidesInstances?',
	},
	questions: z.strictObject({
		requestLog: z.boolean().default(false).meta({
			title: "Keep the backend's own log of requests",
			help: 'It prints every request with all its headers into the journal. nginx has a log of its own.',
			from: 'setup',
		}),
	}),
	probes: () => [portFree(5000, {ours: ['python3', 'python'], about: []})],
	offers: () => ({service: {unit: service, address: '127.0.0.1', port: 5000}}),
	resources: ({requestLog}, {uses: {app, site, database, network, instances}}) => {
		const program = `${folder}/backend.py`;
		const text = closedService({
			description: 'OpenSlides multi instance backend',
			after: ['dbus.service', 'postgresql.service', 'redis-server.service'],
			type: 'exec',
			user: app.user,
			group: app.user,
			environment: {
				PYTHONDONTWRITEBYTECODE: '1',
				PYTHONUNBUFFERED: '1',
				...(requestLog && {OPENSLIDES_REQUEST_LOG: '1'}),
			},
			start: [
				`${app.environment}/bin/python`,
				program,
				app.repository,
				app.library,
				'--instance-meta-dir',
				app.metadata,
				'--versions-meta-dir',
				app.versions,
				'--instances-dir',
				app.instances,
				'--python-ansible',
				instances === undefined ? '/bin/false' : `${folder}/play`,
				'--multiinstance-url',
				site.host,
				'--upload-dir',
				app.uploads,
				'--postgres-password',
				passwordFile,
			],
			writes: [app.metadata, app.instances, app.uploads],
			reads: [app.repository, app.library, app.environment, app.versions],
		});
		const path = `/etc/systemd/system/${service}`;
		return [
			...(instances === undefined
				? []
				: instanceService({
						user: app.user,
						metadata: app.metadata,
						instances: app.instances,
						uploads: app.uploads,
						site: site.host,
						domains: app.domains,
						images: instances.images,
						network: instances.network,
						address: network.address,
						timezone: instances.timeZone,
						...(instances.certificate ?? ownPair),
						database: {host: database.host, port: database.port, role: database.role},
						password: database.password,
					})),
			directory({path: folder, mode: 0o755, owner: 'root:root'}),
			file({path: program, text: backendProgram, mode: 0o644, owner: 'root:root'}),
			unitFile({name: service, text}),
			unit(
				{name: service, enabled: true, running: true, files: [path, program]},
				{
					needs: [
						`path:${path}`,
						`path:${program}`,
						'package:dbus',
						app.installed,
						'done:database',
						`user:${app.user}`,
						`path:${app.repository}/python`,
						`path:${app.library}/jsonapi`,
						`path:${app.uploads}`,
						`path:${app.metadata}`,
						`path:${app.versions}/openslides_versions.json`,
						`path:${app.versions}/domains.json`,
						...(instances === undefined ? [] : (['done:instance-service'] as const)),
					],
				},
			),
			loopbackOnly({port: 5000, unit: service, patience: 60}),
		];
	},
});

/** What the backend hands on as the password: the name of the file in which it is. */
const passwordFile = 'file:/etc/openslides/postgres-password';
