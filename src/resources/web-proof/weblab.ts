/**
 * The proof that a WebLab-Deusto works: an administrator logs in through the web server, enters the administration, and reserves and uses the laboratory
 * that every new instance has. A login alone says nothing of the scheduler and of the laboratory's process, and the JSON calls nothing of the pages.
 */
import {setTimeout as pause} from 'node:timers/promises';
import {sha256} from '#host/files/stash.ts';
import {type CookieJar, createCookieJar} from '#host/web/cookies.ts';
import {type HttpAnswer, httpAsk} from '#host/web/http.ts';
import {Fault, faultData} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {derive, quoteText, type Secret, type Text} from '#model/secret.ts';
import {Blocked} from '#model/unknown.ts';
import {withEdges} from '../shared/edges.ts';
import {readStamp, removeStamp, writeStamp} from '../shared/stamp.ts';
import {unstyled} from './style-sheets.ts';

export type WeblabProofSpec = {
	readonly name: string;
	/** Where to connect: https://127.0.0.1:443 */
	readonly address: string;
	/** The name the site is asked for. */
	readonly host: string;
	/** In front of `/weblab/`; empty for none. */
	readonly base: string;
	/** Of the site; trusted for this proof. */
	readonly certificate: string;
	readonly user: string;
	readonly password: Secret;
	/** Name and category; left out where no laboratory was made. */
	readonly experiment?: {readonly name: string; readonly category: string};
	/** Files whose change asks for a new proof. */
	readonly watch: readonly string[];
	/** Seconds to wait for the site: it takes about 20 after its start. Default 120. */
	readonly patience?: number;
};
export type WeblabProofState = {readonly proven: boolean; readonly saw: string; readonly digest: string};

export const weblabProof = (spec: WeblabProofSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		weblabProofType,
		withEdges({id: `proof:weblab:${spec.name}`, provides: [`done:proof:weblab:${spec.name}`]}, edges),
		spec,
	);

export const weblabProofType: ResourceType<WeblabProofSpec, WeblabProofState> = {
	name: 'weblab-proof',
	async inspect(spec, host) {
		if (host.root !== '/')
			throw new Blocked({because: 'offline-root', need: 'a web server answers on the running host only'});
		const digest = await digestOf(spec, host);
		const stamp = await readStamp<{readonly digest: string}>(host, stampId(spec));
		if (stamp?.digest !== digest) return {proven: false, saw: 'not proven yet', digest};
		const saw = await answers(spec, host);
		return {proven: saw === undefined, saw: saw ?? '', digest};
	},
	diff: ({user, experiment}, state) =>
		state !== 'absent' && state.proven
			? []
			: [
					{
						what: 'proof',
						from: state === 'absent' ? null : state.saw,
						to: `${user} logs in${experiment === undefined ? '' : ` and uses ${experiment.name}`}; a wrong password does not`,
					},
				],
	undoOf: ({name}) => ({can: true, record: {name}}),
	async apply(spec, {digest}, _changes, host) {
		for (const deadline = performance.now() + (spec.patience ?? 120) * 1000; ; await pause(1000)) {
			try {
				await prove(spec, host);
				break;
			} catch (error) {
				if (performance.now() >= deadline) throw error;
				host.say(faultData(error).sentence);
			}
		}
		await writeStamp(host, stampId(spec), {digest});
	},
	async undo(record, host) {
		await removeStamp(host, stampId(record as {readonly name: string}));
		return {outcome: 'already'};
	},
};

const stampId = ({name}: {readonly name: string}): string => `proof:weblab:${name}`;

const digestOf = async (
	{password: _, watch, patience: __, ...spec}: WeblabProofSpec,
	host: Reader,
): Promise<string> => {
	const files = await Promise.all(watch.map(async path => sha256((await host.read(path)) ?? '')));
	return sha256(JSON.stringify([spec, files]));
};

type Site = {
	get(path: string): Promise<HttpAnswer>;
	/** A page by its whole address, where it leads. */
	page(url: string): Promise<HttpAnswer>;
	call(method: string, params: Text): Promise<Answer>;
};
type Answer = {
	readonly result?: unknown;
	readonly code?: string;
	readonly message?: string;
	readonly is_exception?: boolean;
};

const siteFor = async (spec: WeblabProofSpec, host: Reader): Promise<Site> => {
	const jar: CookieJar = createCookieJar();
	const trust = Buffer.from((await host.read(spec.certificate)) ?? '').toString('utf8');
	const common = {address: spec.address, trust, jar, redirects: 0, timeout: 20_000};
	const url = (path: string): string => `https://${spec.host}${spec.base}${path}`;
	return {
		get: path => httpAsk({...common, url: url(path)}),
		page: at => httpAsk({...common, url: at, redirects: 5}),
		async call(method, params) {
			const answer = await httpAsk({
				...common,
				url: url('/weblab/json/'),
				method: 'POST',
				headers: {'Content-Type': 'application/json'},
				body: [`{"method": ${JSON.stringify(method)}, "params": `, ...params, '}'],
			});
			try {
				return JSON.parse(answer.body) as Answer;
			} catch {
				throw refused(spec, `${method} is answered with status ${answer.status}, and no JSON`);
			}
		},
	};
};

const refused = ({host}: WeblabProofSpec, why: string): Fault =>
	new Fault(
		'proof.weblab',
		`WebLab-Deusto on ${host} does not work yet: ${why}`,
		"See the program's state (supervisorctl status), its log in /var/log/supervisor, and the logs in the instance's own folder logs.",
	);

/** Undefined where the core answers through the web server; else what was seen. */
const answers = async (spec: WeblabProofSpec, host: Reader): Promise<string | undefined> => {
	try {
		const site = await siteFor(spec, host);
		const {status} = await site.get('/weblab/json/');
		return status === 200 ? undefined : `/weblab/json/ answers ${status}`;
	} catch (error) {
		return faultData(error).sentence;
	}
};

const login = (user: string, password: Secret): Text => [
	`{"username": ${JSON.stringify(user)}, "password": `,
	...quoteText([password], JSON.stringify),
	'}',
];

const prove = async (spec: WeblabProofSpec, host: Host): Promise<void> => {
	await pages(spec, host);
	const stranger = await (await siteFor(spec, host)).call(
		'login',
		login(
			spec.user,
			derive(spec.password, plain => `${plain}-wrong`),
		),
	);
	if (!/InvalidCredentials/.test(stranger.code ?? ''))
		throw refused(spec, `a wrong password is answered with ${stranger.code ?? JSON.stringify(stranger.result)}`);
	const site = await siteFor(spec, host);
	const entered = await site.call('login', login(spec.user, spec.password));
	const session = (entered.result as {readonly id?: unknown} | undefined)?.id;
	if (typeof session !== 'string')
		throw refused(spec, `${spec.user} is not let in: ${entered.message ?? 'no session'}`);
	const admin = await site.get('/weblab/admin/');
	if (admin.status !== 200) throw refused(spec, `the administration answers ${admin.status} to ${spec.user}`);
	if (spec.experiment !== undefined) await reserve(spec, spec.experiment, site, session);
};

/** The page that people log in at, with its style sheets: the program packs those at the first request, into its own tree. */
const pages = async (spec: WeblabProofSpec, host: Host): Promise<void> => {
	const site = await siteFor(spec, host);
	const page = await site.page(`https://${spec.host}${spec.base}/weblab/login`);
	const wrong = page.status === 200 ? await unstyled(page, site.page) : `it answers ${page.status}`;
	if (wrong !== undefined) throw refused(spec, `the page to log in at is not whole: ${wrong}`);
};

/** One use of the laboratory proves the database, the scheduler, and the laboratory's process. */
const reserve = async (
	spec: WeblabProofSpec,
	{name, category}: {readonly name: string; readonly category: string},
	site: Site,
	session: string,
): Promise<void> => {
	const call = async (method: string, params: Readonly<Record<string, unknown>>): Promise<Answer> => {
		const answer = await site.call(method, [JSON.stringify(params)]);
		if (answer.is_exception === true) throw refused(spec, `${method}: ${answer.message ?? answer.code ?? 'an error'}`);
		return answer;
	};
	const reserved = await call('reserve_experiment', {
		session_id: {id: session},
		experiment_id: {exp_name: name, cat_name: category},
		client_initial_data: '{}',
		consumer_data: '{}',
	});
	const reservation = (reserved.result as {readonly reservation_id?: {readonly id?: string}} | undefined)
		?.reservation_id?.id;
	if (reservation === undefined) throw refused(spec, `${name} could not be reserved`);
	const of = {reservation_id: {id: reservation}};
	let status = '';
	for (const until = performance.now() + 20_000; performance.now() < until; await pause(500)) {
		const now = await call('get_reservation_status', of);
		status = String((now.result as {readonly status?: unknown} | undefined)?.status ?? '');
		if (status === 'Reservation::confirmed') break;
	}
	if (status !== 'Reservation::confirmed') throw refused(spec, `the reservation of ${name} stays at ${status}`);
	const said = await call('send_command', {...of, command: {commandstring: 'proof'}});
	const words = String((said.result as {readonly commandstring?: unknown} | undefined)?.commandstring ?? '');
	await call('finished_experiment', of);
	if (words === '') throw refused(spec, `${name} does not answer to a command`);
};
