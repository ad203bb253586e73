/** One request to an application server in uwsgi's own protocol, which is what stands between it and nginx: its answer, without the proxy's. */
import {connect} from 'node:net';
import {Blocked} from '#model/unknown.ts';
import {refuseWithoutLoopback} from '../network/loopback.ts';
import {after} from '../system/patience.ts';

export type UwsgiPlace = {readonly path: string} | {readonly host: string; readonly port: number};

/** Of an answer: a page is told by its beginning. */
const largest = 2 * 1024 * 1024;

/** GET of a path. Throws Blocked: no answer in time, nobody there, not permitted. */
export const askUwsgi = (
	place: UwsgiPlace,
	path: string,
	name: string,
	timeout = 2500,
): Promise<{readonly status: number; readonly body: string}> =>
	new Promise((resolve, reject) => {
		if ('host' in place) refuseWithoutLoopback(place.host);
		const where = 'path' in place ? place.path : `${place.host}:${place.port}`;
		const socket = connect(place);
		const parts: Buffer[] = [];
		let size = 0;
		const fail = (because: 'timeout' | 'unreadable' | 'needs-root', need: string): void => {
			over();
			socket.destroy();
			reject(new Blocked({because, need}));
		};
		const over = after(timeout, () =>
			fail('timeout', `the application on ${where} gave no answer within ${timeout / 1000} s`),
		);
		socket
			.on('connect', () => socket.end(packet(path, name)))
			.on('data', (part: Buffer) => {
				parts.push(part);
				size += part.length;
				if (size > largest) fail('unreadable', `the application on ${where} answers without end`);
			})
			.on('error', error => {
				const {code} = error as NodeJS.ErrnoException;
				if (code === 'EACCES' || code === 'EPERM')
					fail('needs-root', `${where} may only be asked by root and the web server`);
				else fail('unreadable', `nobody takes requests on ${where}`);
			})
			.on('end', () => {
				over();
				const text = Buffer.concat(parts).toString('utf8');
				const status = /^HTTP\/1\.\d (\d{3})/.exec(text)?.[1];
				if (status === undefined) fail('unreadable', `the application on ${where} gave no HTTP answer`);
				else resolve({status: Number(status), body: text.slice(text.indexOf('\r\n\r\n') + 4)});
			});
	});

/** A header of four bytes, then names and values with their lengths, all in the order of little endians. */
export const packet = (path: string, name: string): Buffer => {
	const variables = {
		REQUEST_METHOD: 'GET',
		REQUEST_URI: path,
		PATH_INFO: path,
		QUERY_STRING: '',
		SCRIPT_NAME: '',
		SERVER_PROTOCOL: 'HTTP/1.1',
		SERVER_NAME: name,
		SERVER_PORT: '80',
		HTTP_HOST: name,
		REMOTE_ADDR: '127.0.0.1',
	};
	const body = Buffer.concat(Object.entries(variables).flatMap(([key, value]) => [sized(key), sized(value)]));
	const head = Buffer.alloc(4);
	head.writeUInt16LE(body.length, 1);
	return Buffer.concat([head, body]);
};

const sized = (text: string): Buffer => {
	const length = Buffer.alloc(2);
	length.writeUInt16LE(Buffer.byteLength(text));
	return Buffer.concat([length, Buffer.from(text)]);
};
