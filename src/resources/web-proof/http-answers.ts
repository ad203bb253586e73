/**
 * The proof of an interface that programs use: for each request the status and what is in the answer. A status alone is no proof, for an API that cannot
 * read its own files answers some of its paths with 200 and an empty list.
 */
import {setTimeout as pause} from 'node:timers/promises';
import {refuseStrangers} from '#host/system/who-answers.ts';
import {type HttpOptions, httpAsk} from '#host/web/http.ts';
import {Fault, faultData} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {derive, type Secret} from '#model/secret.ts';
import {Blocked} from '#model/unknown.ts';
import {withEdges} from '../shared/edges.ts';

export type Asked = {
	readonly path: string;
	/** Default GET. Only what the site refuses: a proof changes nothing. */
	readonly method?: 'POST';
	/** HTTP Basic; `wrong`: with another password than this one. */
	readonly login?: {readonly user: string; readonly password: Secret; readonly wrong?: true};
	readonly headers?: Readonly<Record<string, string>>;
	/** On port 80, whose scheme is http. */
	readonly plain?: true;
	readonly status: number;
	/** Texts in the body. */
	readonly has?: readonly string[];
	/** Of the header Location. */
	readonly leadsTo?: string;
};

export type HttpAnswersSpec = {
	readonly name: string;
	/** Where to connect: https://127.0.0.1:443. */
	readonly address: string;
	/** The file of the site's own certificate, which is trusted for this proof. */
	readonly certificate?: string;
	/** The name the site is asked for. */
	readonly host: string;
	readonly requests: readonly Asked[];
	/** Seconds to wait. Default 30. */
	readonly patience?: number;
};
/** What is not as it should be, by request. */
export type HttpAnswersState = {readonly wrong: readonly {readonly request: string; readonly saw: string}[]};

/** Every request gets its answer. Provides `done:answers:NAME`. */
export const httpAnswers = (spec: HttpAnswersSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		httpAnswersType,
		withEdges(
			{
				id: `proof:answers:${spec.name}`,
				provides: [`done:answers:${spec.name}`],
				title: `${spec.host} answers as it should`,
			},
			edges,
		),
		spec,
	);

export const httpAnswersType: ResourceType<HttpAnswersSpec, HttpAnswersState> = {
	name: 'http-answers',
	async inspect(spec, host) {
		if (host.root !== '/')
			throw new Blocked({because: 'offline-root', need: 'a web server answers on the running host only'});
		return {wrong: await wrongNow(spec, host)};
	},
	diff: ({requests}, state) =>
		state === 'absent'
			? requests.map(one => ({item: nameOf(one), what: nameOf(one), from: null, to: wantedOf(one)}))
			: state.wrong.map(({request, saw}) => ({
					item: request,
					what: request,
					from: saw,
					to: wantedOf(requests.find(one => nameOf(one) === request) ?? requests[0]!),
				})),
	undoOf: () => ({can: true, record: null}),
	async apply(spec, _state, _changes, host) {
		const deadline = performance.now() + (spec.patience ?? 30) * 1000;
		for (;;) {
			const wrong = await wrongNow(spec, host);
			if (wrong.length === 0) return;
			if (performance.now() > deadline)
				throw new Fault(
					'proof.answers',
					`${spec.host} does not answer as it should: ${wrong[0]!.request} gives ${wrong[0]!.saw}`,
					'Look at the logs of the web server and of the application (journalctl -u UNIT).',
					{details: wrong.map(({request, saw}) => `${request}: ${saw}`)},
				);
			host.say(`${wrong[0]!.request}: ${wrong[0]!.saw}`);
			await pause(500);
		}
	},
	undo: async () => ({outcome: 'already'}),
};

const nameOf = ({path, method, login, plain, headers}: Asked): string =>
	`${method === undefined ? '' : `${method} `}${plain ? 'http ' : ''}${path}${login === undefined ? '' : login.wrong ? ' with a wrong password' : ` as ${login.user}`}${headers === undefined ? '' : ` (${Object.keys(headers).join(', ')})`}`;

const wantedOf = ({status, has = [], leadsTo}: Asked): string =>
	[String(status), ...has.map(text => JSON.stringify(text)), ...(leadsTo === undefined ? [] : [leadsTo])].join(', ');

/** While the web server is down, anybody may take a high port and ask for the password. */
const strangers = async ({address}: HttpAnswersSpec, host: Reader): Promise<string | undefined> => {
	const {hostname, port} = new URL(address);
	try {
		await refuseStrangers(host, {host: hostname, port: Number(port) || 443}, []);
		return undefined;
	} catch (error) {
		if (!(error instanceof Blocked)) throw error;
		return 'need' in error.why ? error.why.need : 'somebody else listens there';
	}
};

const wrongNow = async (spec: HttpAnswersSpec, host: Reader): Promise<HttpAnswersState['wrong']> => {
	const stranger = await strangers(spec, host);
	if (stranger !== undefined) return spec.requests.map(one => ({request: nameOf(one), saw: stranger}));
	const trust = spec.certificate === undefined ? undefined : await host.read(spec.certificate, {most: 1 << 20});
	const all = await Promise.all(
		spec.requests.map(async one => ({
			request: nameOf(one),
			saw: await sawWrong(one, spec, trust === undefined ? undefined : Buffer.from(trust).toString('utf8')),
		})),
	);
	return all.flatMap(({request, saw}) => (saw === undefined ? [] : [{request, saw}]));
};

const sawWrong = async (one: Asked, spec: HttpAnswersSpec, trust: string | undefined): Promise<string | undefined> => {
	const options: HttpOptions = {
		url: `${one.plain ? 'http' : 'https'}://${spec.host}${one.path}`,
		address: one.plain ? spec.address.replace(/^https/, 'http').replace(/:443$/, ':80') : spec.address,
		redirects: 0,
		timeout: 10_000,
		...(one.method && {method: one.method, body: ['{}']}),
		headers: {...one.headers},
		...(trust !== undefined && {trust}),
		...(one.login && {
			login: {
				user: one.login.user,
				password: one.login.wrong ? derive(one.login.password, plain => `${plain}-wrong`) : one.login.password,
			},
		}),
	};
	try {
		const answer = await httpAsk(options);
		if (answer.status !== one.status) return `status ${answer.status}`;
		const bodies = [answer.body, asWritten(answer.body)];
		const lacks = (one.has ?? []).find(text => !bodies.some(body => body.includes(text)));
		if (lacks !== undefined) return `status ${answer.status}, without ${JSON.stringify(lacks)}`;
		const to = answer.headers.location;
		return one.leadsTo !== undefined && to !== one.leadsTo ? `leads to ${to ?? 'nowhere'}` : undefined;
	} catch (error) {
		return faultData(error).sentence;
	}
};

/** JSON with its letters as they are, which many a program writes as \\uXXXX; what is none as it came. */
export const asWritten = (body: string): string => {
	try {
		return JSON.stringify(JSON.parse(body));
	} catch {
		return body;
	}
};
