/** The certificate that a mail server presents after STARTTLS: two lines of SMTP, a handshake, and goodbye. No mail is named. */
import {connect, type Socket} from 'node:net';
import {Blocked} from '#model/unknown.ts';
import {refuseWithoutLoopback} from '../network/loopback.ts';
import {after} from '../system/patience.ts';

/** Throws Blocked: no answer in time, nobody there, no STARTTLS offered. */
export const smtpCertificate = async (host: string, port: number, timeout = 3000): Promise<Buffer> => {
	refuseWithoutLoopback(host);
	const tls = (await import('node:tls')).default;
	const place = `${host}:${port}`;
	return new Promise((resolve, reject) => {
		const socket = connect({host, port});
		const fail = (because: 'timeout' | 'unreadable', need: string): void => {
			over();
			socket.destroy();
			reject(new Blocked({because, need}));
		};
		const over = after(timeout, () => fail('timeout', `${place} did not come to TLS within ${timeout / 1000} s`));
		socket.on('error', () => fail('unreadable', `nobody takes connections on ${place}`));
		dialogue(socket, problem => {
			if (problem !== undefined) return fail('unreadable', `${place} ${problem}`);
			socket.removeAllListeners('data');
			const secured = tls.connect({socket, rejectUnauthorized: false});
			secured
				.on('secureConnect', () => {
					over();
					const {raw} = secured.getPeerCertificate();
					secured.destroy();
					if (raw === undefined) reject(new Blocked({because: 'unreadable', need: `${place} presents no certificate`}));
					else resolve(raw);
				})
				.on('error', () => fail('unreadable', `${place} offers STARTTLS, and no handshake comes of it`));
		});
	});
};

/** Greeting, EHLO, STARTTLS; `end` is called once, with what went wrong if something did. */
const dialogue = (socket: Socket, end: (problem?: string) => void): void => {
	const say = ['EHLO localhost\r\n', 'STARTTLS\r\n'];
	let text = '';
	socket.on('data', part => {
		text += String(part);
		if (text.length > 65_536) return end('greets without end');
		// The last line of an answer has a space behind its number.
		const last = /^(\d{3}) [^\n]*\n$/m.exec(text.slice(text.lastIndexOf('\n', text.length - 2) + 1));
		if (last === null) return;
		const [answer, code] = [text, last[1] ?? ''];
		text = '';
		if (!code.startsWith('2')) return end(`answers ${code}`);
		if (say.length === 0) return end();
		if (say.length === 1 && !/^250[ -]STARTTLS/im.test(answer)) return end('offers no STARTTLS');
		socket.write(say.shift() ?? '');
	});
};
