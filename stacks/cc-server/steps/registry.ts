import {z} from 'zod';
import {port, secret} from '#answers/questions/questions.ts';
import {defineStep} from '#model/step.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {file} from '#resources/files/file.ts';
import {htpasswdEntry} from '#resources/htpasswd/htpasswd-entry.ts';
import {loopbackOnly} from '#resources/network/loopback-only.ts';
import {unit} from '#resources/units/unit.ts';
import {portFree} from '#steps/probes/port-free.ts';

const at = '/etc/docker/registry';
const unitName = 'docker-registry.service';

/** A registry for this host's engine. CC-Server pulls its image at every start: one that only the engine has is not enough. */
export const registry = defineStep({
	id: 'registry',
	title: 'Registry',
	about:
		"Debian's docker-registry for this host alone, with a password file of bcrypt. As it is shipped it listens on every address, on the port of the guide's internal_port, and nobody can log in, because a directory stands for the password file.",
	guide: 'CC-Server: Docker Registry',
	questions: z.strictObject({
		port: port().default(5001).meta({title: 'Port', help: 'On this host alone.', from: 'setup'}),
		user: z
			.string()
			.regex(/^[a-z][a-z0-9_-]{0,31}$/, {error: 'must be a short name of a-z, 0-9, - and _'})
			.default('cc')
			.meta({title: 'Account', help: 'CC-Server pulls with it, and whoever pushes images.', from: 'setup'}),
		// bcrypt takes 72 bytes and no more.
		password: secret({generate: 'default', max: 72}).meta({
			title: 'Password of the account',
			help: 'Written into config.toml.',
			from: 'setup',
		}),
	}),
	probes: answers => [portFree(answers.port, {ours: ['docker-registry', 'registry'], about: ['port']})],
	offers: answers => ({
		registry: {server: `127.0.0.1:${answers.port}`, user: answers.user, password: answers.password},
	}),
	resources: answers => [
		aptPackages(
			{names: ['docker-registry', 'apache2-utils'], recommends: false},
			{
				id: 'apt:registry',
				needs: ['done:requirements', 'done:dpkg-consistent'],
				provides: [`path:${at}`, 'group:docker-registry'],
			},
		),
		htpasswdEntry({
			path: `${at}/htpasswd`,
			user: answers.user,
			password: [answers.password],
			mode: 0o640,
			owner: 'root:docker-registry',
		}),
		file(
			{path: `${at}/config.yml`, text: configOf(answers.port), mode: 0o644, owner: 'root:root'},
			{needs: ['package:docker-registry']},
		),
		unit(
			{name: unitName, enabled: true, running: true, files: [`${at}/config.yml`, `${at}/htpasswd`]},
			{
				needs: [`path:${at}/config.yml`, `path:${at}/htpasswd`],
				owes: [{unit: 'apache2.service', do: 'restart'}],
			},
		),
		loopbackOnly({port: answers.port, unit: unitName}, {provides: ['done:registry']}),
	],
});

const configOf = (number: number): string => `# Written by setup.
version: 0.1
log:
  fields:
    service: registry
storage:
  cache:
    blobdescriptor: inmemory
  filesystem:
    rootdirectory: /var/lib/docker-registry
  delete:
    enabled: true
http:
  addr: 127.0.0.1:${number}
  headers:
    X-Content-Type-Options: [nosniff]
auth:
  htpasswd:
    realm: cc-server
    path: ${at}/htpasswd
`;
