/** Asks an application server itself, without the proxy before it. */
import {setTimeout as pause} from 'node:timers/promises';
import {inDirectory} from '#host/app-servers/app-servers.ts';
import type {DjangoSite} from '#host/django/sites.ts';
import {askLocal} from '#host/web/ask-local.ts';
import {askUwsgi} from '#host/web/uwsgi.ts';
import {Blocked} from '#model/unknown.ts';

export type AppAnswer = {readonly status: number; readonly body: string; readonly where: string};

/** GET of a path under a name that the application answers to. Throws Blocked. */
export const askApp = async ({server, allowedHosts}: DjangoSite, path: string): Promise<AppAnswer> => {
	const socket = server.sockets[0];
	if (socket === undefined)
		throw new Blocked({because: 'unreadable', need: `${server.item} has no socket that its configuration names`});
	if (server.running === undefined) throw new Blocked({because: 'unreadable', need: `${server.item} does not run`});
	const name = 'because' in allowedHosts ? 'localhost' : nameAmong(allowedHosts.value);
	const place =
		socket.kind === 'unix'
			? {path: inDirectory(server, socket.path)}
			: {host: socket.host === '0.0.0.0' ? '127.0.0.1' : socket.host, port: socket.port};
	const where = `GET ${path} on ${'path' in place ? place.path : `${place.host}:${place.port}`}`;
	const ask = async (): Promise<AppAnswer> => {
		if (server.kind === 'uwsgi') return {...(await askUwsgi(place, path, name)), where};
		if ('path' in place) return {...(await askUnix(place.path, path, name)), where};
		return {...(await askLocal({...place, tls: false, name, path})), where};
	};
	return whenReady(ask, server.running.main.startedAt);
};

/** One that was started a moment ago still loads its application. */
const whenReady = async (ask: () => Promise<AppAnswer>, startedAt: number): Promise<AppAnswer> => {
	for (;;) {
		try {
			return await ask();
		} catch (error) {
			if (!(error instanceof Blocked) || error.why.because !== 'unreadable' || Date.now() - startedAt > 6000)
				throw error;
			await pause(200);
		}
	}
};

/** `*` takes any name, `.example.org` all below it. */
const nameAmong = (hosts: readonly string[]): string =>
	hosts.find(name => /^[\w.-]+$/.test(name) && !name.startsWith('.')) ??
	hosts.find(name => name.startsWith('.'))?.slice(1) ??
	'localhost';

const askUnix = async (
	socketPath: string,
	path: string,
	name: string,
	timeout = 2500,
): Promise<{readonly status: number; readonly body: string}> => {
	const {request} = (await import('node:http')).default;
	return new Promise((resolve, reject) => {
		const asked = request({socketPath, path, headers: {Host: name, Connection: 'close'}});
		const timer = setTimeout(() => {
			asked.destroy();
			reject(
				new Blocked({
					because: 'timeout',
					need: `the application on ${socketPath} gave no answer within ${timeout / 1000} s`,
				}),
			);
		}, timeout);
		asked
			.on('response', message => {
				let body = '';
				message
					.setEncoding('utf8')
					.on('data', (part: string) => {
						if (body.length < 65_536) body += part;
					})
					.on('end', () => {
						clearTimeout(timer);
						resolve({status: message.statusCode ?? 0, body});
					});
			})
			.on('error', error => {
				clearTimeout(timer);
				const {code} = error as NodeJS.ErrnoException;
				reject(
					new Blocked(
						code === 'EACCES'
							? {because: 'needs-root', need: `${socketPath} may only be asked by root and the web server`}
							: {because: 'unreadable', need: `nobody takes requests on ${socketPath}`},
					),
				);
			})
			.end();
	});
};
