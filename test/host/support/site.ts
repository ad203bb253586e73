/** A browser's way into the site, from outside the machine: cookies, the form's token, a login. It is not the client that the product's own proof uses. */
import {request} from 'node:http';

export type Page = {readonly status: number; readonly location: string | undefined; readonly body: string};

export type Sitting = {
	get(path: string): Promise<Page>;
	/** Sends the login form at `path`; gives what comes at once, a redirect when it was right. */
	login(user: string, password: string, path?: string): Promise<Page>;
};

/** A sitting with no cookies yet. `name` is what the site is asked for, `address` where it is. */
export const sitDown = (address: string, name: string): Sitting => {
	const cookies = new Map<string, string>();
	const ask = (method: 'GET' | 'POST', path: string, form?: URLSearchParams): Promise<Page> =>
		new Promise((done, failed) => {
			const body = form?.toString() ?? '';
			const asked = request(
				{
					host: address,
					port: 80,
					method,
					path,
					timeout: 20_000,
					agent: false,
					headers: {
						host: name,
						referer: `http://${name}${path}`,
						cookie: [...cookies].map(([key, value]) => `${key}=${value}`).join('; '),
						...(method === 'POST' && {
							'content-type': 'application/x-www-form-urlencoded',
							'content-length': Buffer.byteLength(body),
						}),
					},
				},
				answer => {
					for (const cookie of answer.headers['set-cookie'] ?? []) {
						const [, key = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
						cookies.set(key, value);
					}
					let text = '';
					answer
						.setEncoding('utf8')
						.on('data', (chunk: string) => {
							text += chunk;
						})
						.on('end', () => done({status: answer.statusCode ?? 0, location: answer.headers.location, body: text}))
						.on('error', failed);
				},
			);
			asked
				.on('error', failed)
				.on('timeout', () => asked.destroy(new Error(`no answer to ${method} ${path} within 20 s`)));
			asked.end(body);
		});
	return {
		get: path => ask('GET', path),
		async login(user, password, path = '/accounts/login/') {
			const {body, status} = await ask('GET', path);
			const token = /name=["']csrfmiddlewaretoken["'] value=["']([^"']+)/.exec(body)?.[1];
			if (token === undefined)
				throw new Error(`no login form at ${path}: status ${status}, ${body.replace(/\s+/g, ' ').slice(0, 300)}`);
			return ask(
				'POST',
				path,
				new URLSearchParams({
					csrfmiddlewaretoken: token,
					username: user,
					password,
					next: path.startsWith('/admin') ? '/admin/' : '/',
				}),
			);
		},
	};
};
