/** The engine's own socket is the other door to its API: whoever may write there is root, and a group is soon given to the user of a web application. */
import {dockerHost} from '#host/docker/engine.ts';
import {seeAs} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import {Blocked} from '#model/unknown.ts';
import {controlOf} from '../shared/socket-control.ts';

const kinds = defineKinds({
	everybody: {
		state: 'fail',
		example: {path: '/run/docker.sock'},
		says: ({path}) =>
			`every account of this host may talk to the engine (${path}): root for whoever runs anything here`,
		remedy: ({path}) => ({
			sentence:
				'Take that right away; it comes back at the next start where SocketMode of docker.socket or an ExecStartPost gives it (systemctl cat docker.socket docker.service).',
			commands: [['chmod', '660', path]],
		}),
	},
	service: {
		state: 'fail',
		example: {path: '/run/docker.sock', name: 'www-data'},
		says: ({path, name}) =>
			`${name}, the account of a service, may talk to the engine (${path}): whoever takes that service over is root`,
		remedy: ({name}) => ({
			sentence: `Take ${name} out of the group of the socket (gpasswd -d ${name} docker), and out of its access list where it has one; restart what runs as ${name}. What it needs of the engine it gets through a proxy that lets a few questions through.`,
		}),
	},
});

export const check = defineCheck({
	id: 'docker.socket',
	title: 'No service may talk to the Docker engine by its socket',
	why: 'Whoever writes to the socket starts a container with the whole disk of the host in it: that is root, without a password and without a trace in sudo. A web application in the group docker is one mistake away from it.',
	reads: ['owner, mode and access list of /run/docker.sock', '/etc/group, /etc/passwd: who that is'],
	severity: 'fail',
	layers: ['file'],
	source: 'Docker: "Docker daemon attack surface"; Linux post-installation steps, warning on the group docker',
	verify: 'ls -l /run/docker.sock; getfacl /run/docker.sock; getent group docker',
	facts: {docker: dockerHost},
	kinds,
	appliesTo: ({facts}) => facts.docker.docker !== undefined || 'Docker is not installed',
	async inspect({host}) {
		if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'the socket of the running engine'});
		const path = '/run/docker.sock';
		const control = await seeAs(() => controlOf(host, path));
		const expected = 'root, and people who administrate this host';
		if (control === undefined)
			return [{is: 'ok', expected, says: 'no socket', layers: {file: {value: 'no socket', where: path}}}];
		if ('because' in control) return [{is: 'ok', expected, layers: {file: control}}];
		return findings(
			control.open.map(
				({who, everybody}): FoundOf<typeof kinds> => ({
					item: who,
					expected,
					layers: {file: control.seen},
					...(everybody ? {is: 'everybody', data: {path}} : {is: 'service', data: {path, name: who}}),
				}),
			),
			{is: 'ok', expected, layers: {file: control.seen}},
		);
	},
});
