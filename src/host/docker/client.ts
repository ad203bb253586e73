/** Questions to the Docker engine over its own socket: no `docker` program is started, and none has to be there. */
import type {Json} from '#model/json.ts';
import {Blocked} from '#model/unknown.ts';
import {after} from '../system/patience.ts';

/** Of one answer; a thousand containers are a tenth of it. */
const largest = 32 * 1024 * 1024;

const dockerSocket = '/run/docker.sock';

/** GET of a path of its API, as JSON. Throws Blocked: no answer in time, nobody there, not permitted. */
export const askDocker = async (path: string, timeout = 3000): Promise<Json> => {
	const {request} = (await import('node:http')).default;
	return new Promise((resolve, reject) => {
		const asked = request({socketPath: dockerSocket, path, headers: {Host: 'docker'}});
		const fail = (because: 'timeout' | 'unreadable' | 'needs-root', need: string): void => {
			over();
			asked.destroy();
			reject(new Blocked({because, need}));
		};
		const over = after(timeout, () => fail('timeout', `the Docker engine gave no answer within ${timeout / 1000} s`));
		asked
			.on('response', message => {
				let text = '';
				message
					.setEncoding('utf8')
					.on('data', (part: string) => {
						text += part;
						if (text.length > largest) fail('unreadable', `the Docker engine answers ${path} without end`);
					})
					.on('end', () => {
						try {
							if (message.statusCode !== 200) throw new SyntaxError(String(message.statusCode));
							const answer = JSON.parse(text) as Json;
							over();
							resolve(answer);
						} catch {
							fail(
								'unreadable',
								`the Docker engine answers ${message.statusCode} to ${path}, and nothing that could be read`,
							);
						}
					});
			})
			.on('error', error => {
				const {code} = error as NodeJS.ErrnoException;
				if (code === 'EACCES' || code === 'EPERM')
					fail('needs-root', `${dockerSocket} is for root and the group docker`);
				else fail('unreadable', `no engine answers on ${dockerSocket}`);
			})
			.end();
	});
};
