/** What the login page of an application does with a name that does not exist: the way through its own form, its tokens and cookies, as a browser goes it. */
import {Blocked} from '#model/unknown.ts';
import {createCookieJar} from '../web/cookies.ts';
import type {HttpAnswer, httpAsk} from '../web/http.ts';
import {nobody, tryPatience} from './nobody.ts';

export type LoginAnswer = {
	readonly is: 'refused' | 'letIn' | 'fails' | 'noForm';
	readonly said: string;
};

/** `address`: http://127.0.0.1:8001, where the application itself listens; `name`: whom it answers to. Throws Fault http.*, Blocked. */
export const tryLoginPage = async (address: string, name: string): Promise<LoginAnswer> => {
	const found = (await Promise.all(loginPaths.map(path => formAt(address, name, path)))).find(one => one !== undefined);
	if (found === undefined) return {is: 'noForm', said: `no form at ${loginPaths.join(', ')}`};
	const {path, jar, token, ask} = found;
	const body = [String(new URLSearchParams({csrfmiddlewaretoken: token, username: nobody(), password: nobody()}))];
	const url = urlOf(name, path);
	const answer = await ask({
		method: 'POST' as const,
		body,
		headers: {
			...asBrowser,
			'Content-Type': 'application/x-www-form-urlencoded',
			Referer: url,
			Origin: new URL(url).origin,
		},
	});
	const said = `POST ${path}: ${answer.status}`;
	if (answer.status >= 500) return {is: 'fails', said};
	if (answer.status === 403 && /csrf/i.test(answer.body))
		throw new Blocked({because: 'unreadable', need: `${path} takes no form without its web server (403, CSRF)`});
	return {is: answer.status < 400 && answer.status >= 300 && jar.value('sessionid') ? 'letIn' : 'refused', said};
};

/** Django's own, its administration's, and what most write. */
const loginPaths = ['/accounts/login/', '/login/', '/admin/login/'];

/** It thinks that a web server with TLS asks. */
const asBrowser = {'X-Forwarded-Proto': 'https'};

const urlOf = (name: string, path: string): string => `https://${name}${path}`;

const formAt = async (address: string, name: string, path: string) => {
	// Who starts the doctor without --try is spared what hangs on TLS.
	const web = await import('../web/http.ts');
	const jar = createCookieJar();
	const ask = (more: Partial<Parameters<typeof httpAsk>[0]>): Promise<HttpAnswer> =>
		web.httpAsk({
			url: urlOf(name, path),
			address,
			jar,
			redirects: 0,
			timeout: tryPatience,
			deadline: tryPatience,
			headers: asBrowser,
			...more,
		});
	const page = await ask({});
	const token = /name=["']csrfmiddlewaretoken["'][^>]*value=["']([^"']+)["']/.exec(page.body)?.[1];
	const asks = /type=["']password["']/i.test(page.body);
	return page.status === 200 && token !== undefined && asks ? {path, jar, token, ask} : undefined;
};
