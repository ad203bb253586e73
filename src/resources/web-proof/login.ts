/**
 * The proof that a site works is a login, not a status: error pages answer 200, and login pages are fine while nobody can log in.
 * A plan only GETs a page; the login is done by an apply, and again only when what it proves may have changed.
 */
import {setTimeout as pause} from 'node:timers/promises';
import {sha256} from '#host/files/stash.ts';
import {refuseStrangers} from '#host/system/who-answers.ts';
import {createCookieJar} from '#host/web/cookies.ts';
import {type HttpAnswer, type HttpOptions, httpAsk} from '#host/web/http.ts';
import {Fault, faultData} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {derive, type Secret, type Text} from '#model/secret.ts';
import {Blocked} from '#model/unknown.ts';
import {withEdges} from '../shared/edges.ts';
import {readStamp, removeStamp, writeStamp} from '../shared/stamp.ts';
import {unstyled} from './style-sheets.ts';

export type Login = {
	/** Of the login form. */
	readonly path: string;
	readonly user: string;
	readonly password: Secret;
	/** Asked for after the login. */
	readonly page: string;
	/** A text on that page which only this user sees. */
	readonly expect: string;
	/** Default true: a wrong password and an unknown user do not see it. */
	readonly refused?: boolean;
	/** Files whose change asks for a new proof. */
	readonly watch?: readonly string[];
	/** What the operator may look at besides, when the user gets in and the page is not there. */
	readonly advice?: string;
};

export type HttpProofSpec = {
	readonly name: string;
	/** Where to connect: http://127.0.0.1:80; with https the site is asked by it. */
	readonly address: string;
	/** The file of the site's own certificate, which is trusted for this proof. */
	readonly certificate?: string;
	/** As a proxy in front asks: by http, for a visitor who came by https. */
	readonly proxied?: boolean;
	/** The name the site is asked for. */
	readonly host: string;
	readonly path: string;
	/** Default 200. */
	readonly status?: number;
	/** A text in the body. */
	readonly expect?: string;
	/** The page's style sheets come with it. */
	readonly styled?: true;
	readonly login?: Login;
	/** Seconds to wait for the site. Default 30. */
	readonly patience?: number;
};

export type HttpProofState = {readonly proven: boolean; readonly saw: string; readonly digest: string};

/** A page, or a login and a page, through the web server. */
export const httpProof = (spec: HttpProofSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		httpProofType,
		withEdges({id: `proof:http:${spec.name}`, provides: [`done:proof:http:${spec.name}`]}, edges),
		spec,
	);

export const httpProofType: ResourceType<HttpProofSpec, HttpProofState> = {
	name: 'http-proof',
	async inspect(spec, host) {
		if (host.root !== '/')
			throw new Blocked({because: 'offline-root', need: 'a web server answers on the running host only'});
		if (spec.login === undefined) return {...(await pageProof(spec, host)), digest: ''};
		const digest = await digestOf(spec, spec.login, host);
		const stamp = await readStamp<{readonly digest: string}>(host, stampId(spec));
		return {proven: stamp?.digest === digest, saw: 'not proven yet', digest};
	},
	diff: ({login, path, status = 200}, state) =>
		state !== 'absent' && state.proven
			? []
			: [
					{
						what: 'proof',
						from: state === 'absent' ? null : state.saw,
						to:
							login === undefined
								? `${path} answers ${status}`
								: `${login.user} logs in and sees ${JSON.stringify(login.expect)}${login.refused === false ? '' : '; wrong and unknown ones do not'}`,
					},
				],
	undoOf: ({name, login}) => ({can: true, record: login === undefined ? null : {name}}),
	async apply(spec, state, _changes, host) {
		await patiently(spec.patience ?? 30, host, async () => {
			if (spec.login) {
				await refuseStranger(spec, host);
				return prove(spec, spec.login, host);
			}
			const {proven, saw} = await pageProof(spec, host);
			if (!proven)
				throw new Fault(
					'proof.page',
					`${spec.path} on ${spec.host} is not as expected: ${saw}`,
					'Look at the logs of the web server and of the application (journalctl -u UNIT).',
				);
		});
		if (spec.login) await writeStamp(host, stampId(spec), {digest: state.digest});
	},
	async undo(record, host) {
		if (record !== null) await removeStamp(host, stampId(record as {readonly name: string}));
		return {outcome: 'already'};
	},
};

/** While the web server is down, anybody may take a high port and show a form of their own. */
const refuseStranger = async ({address, name}: HttpProofSpec, host: Host): Promise<void> => {
	const {hostname, port, protocol} = new URL(address);
	try {
		await refuseStrangers(
			host,
			{host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || (protocol === 'https:' ? 443 : 80)},
			[],
		);
	} catch (error) {
		if (!(error instanceof Blocked)) throw error;
		throw new Fault(
			'proof.stranger',
			`nobody logs in for ${name}: ${'need' in error.why ? error.why.need : 'somebody else listens there'}`,
			'See who that is (ss -lntp), and start the web server; then run it again.',
		);
	}
};

const stampId = ({name}: {readonly name: string}): string => `proof:http:${name}`;

/** All that the proof depends on, without the password itself. */
const digestOf = async (
	{address, host: name, proxied}: HttpProofSpec,
	{password: _, watch = [], advice: __, ...login}: Login,
	host: Reader,
): Promise<string> => {
	const files = await Promise.all(watch.map(async path => sha256((await host.read(path)) ?? '')));
	return sha256(JSON.stringify([address, name, login, files, ...(proxied ? ['proxied'] : [])]));
};

const pageProof = async (
	spec: HttpProofSpec,
	reader: Reader,
): Promise<{readonly proven: boolean; readonly saw: string}> => {
	const {path, status = 200, expect, styled} = spec;
	try {
		const how = {...(await siteOf(spec, reader, path)), redirects: 0, timeout: 10_000};
		const answer = await httpAsk(how);
		if (answer.status !== status) return {proven: false, saw: `status ${answer.status}`};
		if (expect !== undefined && !answer.body.includes(expect))
			return {proven: false, saw: `status ${answer.status}, without ${JSON.stringify(expect)}: ${excerpt(answer)}`};
		const bare = styled ? await unstyled(answer, url => httpAsk({...how, url})) : undefined;
		return bare === undefined
			? {proven: true, saw: `status ${answer.status}`}
			: {proven: false, saw: `a page without styles: ${bare}`};
	} catch (error) {
		return {proven: false, saw: faultData(error).sentence};
	}
};

/** How the site is asked for a page. */
const siteOf = async (
	{address, host, certificate, proxied}: HttpProofSpec,
	reader: Reader,
	path: string,
): Promise<Pick<HttpOptions, 'url' | 'trust' | 'headers'> & {readonly address: string}> => {
	const trust = certificate === undefined ? undefined : await reader.read(certificate, {most: 1 << 20});
	return {
		url: `${proxied ? 'https:' : new URL(address).protocol}//${host}${path}`,
		address,
		...(proxied && {headers: {'X-Forwarded-Proto': 'https'}}),
		...(trust !== undefined && {trust: Buffer.from(trust).toString('utf8')}),
	};
};

const prove = async (spec: HttpProofSpec, login: Login, reader: Reader): Promise<void> => {
	const seen = await pageAfterLogin(spec, login, login.user, login.password, reader);
	if (!seen.body.includes(login.expect)) {
		throw new Fault(
			'proof.login',
			`${login.user} does not see ${JSON.stringify(login.expect)} on ${login.page} after logging in: status ${seen.status}, ${excerpt(seen)}`,
			`See whether the password in the answers is the account's, and look at the application's log: a base DN that also stands in its code shows only here.${login.advice === undefined ? '' : ` ${login.advice}`}`,
		);
	}
	if (login.refused === false) return;
	const strangers = [
		['a wrong password', login.user, derive(login.password, plain => `${plain}-wrong`)],
		['an unknown user', `${login.user}-unknown`, login.password],
	] as const;
	for (const [who, user, password] of strangers) {
		const answer = await pageAfterLogin(spec, login, user, password, reader);
		if (answer.body.includes(login.expect))
			throw new Fault(
				'proof.open',
				`${who} sees ${JSON.stringify(login.expect)} on ${login.page} as well`,
				'The site lets everybody in, or the text is no proof: answer with one that only users see.',
			);
	}
};

const pageAfterLogin = async (
	spec: HttpProofSpec,
	login: Login,
	user: string,
	password: Secret,
	reader: Reader,
): Promise<HttpAnswer> => {
	const {host} = spec;
	const jar = createCookieJar();
	const page = await siteOf(spec, reader, login.path);
	const form = await httpAsk({...page, jar, timeout: 20_000});
	const token = /name=["']csrfmiddlewaretoken["'][^>]*value=["']([^"']+)["']/.exec(form.body)?.[1];
	if (token === undefined)
		throw new Fault(
			'proof.no-form',
			`${login.path} on ${host} has no login form: status ${form.status}, ${excerpt(form)}`,
			"Answer with the path of the login page, and look at the application's log.",
		);
	const fields = new URLSearchParams({csrfmiddlewaretoken: token, username: user, next: login.page});
	const body: Text = [`${fields}&password=`, derive(password, plain => encodeURIComponent(plain))];
	await httpAsk({
		...page,
		jar,
		method: 'POST',
		body,
		timeout: 20_000,
		// As a browser sends them: without Origin a site that is told the wrong scheme would pass.
		headers: {
			...page.headers,
			'Content-Type': 'application/x-www-form-urlencoded',
			Referer: page.url,
			Origin: new URL(page.url).origin,
		},
	});
	return httpAsk({...(await siteOf(spec, reader, login.page)), jar, timeout: 20_000});
};

/** What the page says, without its tags, for a sentence. */
const excerpt = ({body}: HttpAnswer): string => {
	const text = body
		.replace(/<(script|style)[\s\S]*?<\/\1>/g, ' ')
		.replace(/<[^>]*>/g, ' ')
		.replace(/\s+/g, ' ')
		.trim();
	return text === '' ? 'an empty page' : JSON.stringify(text.slice(0, 160));
};

/** Again and again until it holds or the patience is over: services that were just restarted need a moment. */
const patiently = async (seconds: number, host: Host, attempt: () => Promise<void>): Promise<void> => {
	const deadline = performance.now() + seconds * 1000;
	for (;;) {
		try {
			return await attempt();
		} catch (error) {
			if (performance.now() >= deadline) throw error;
			host.say(faultData(error).sentence);
			await pause(500);
		}
	}
};
