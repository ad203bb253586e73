/**
 * The proof that a CC-Server works: it tells its version over a certificate that is verified, refuses a stranger, has every node healthy, and runs a task whose
 * argument comes back. Its first page answers also with every node dead. Refusal is shown by a name that nobody has: a wrong password would count towards a lock.
 */
import {randomBytes} from 'node:crypto';
import {setTimeout as pause} from 'node:timers/promises';
import {deadNodes} from '#host/cc-server/nodes.ts';
import {sha256} from '#host/files/stash.ts';
import {type HttpAnswer, httpAsk} from '#host/web/http.ts';
import {Fault, faultData} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {quoteText, type Secret, type Text} from '#model/secret.ts';
import {Blocked} from '#model/unknown.ts';
import {withEdges} from '../shared/edges.ts';
import {readStamp, removeStamp, writeStamp} from '../shared/stamp.ts';

export type CcServerProofSpec = {
	/** Where to connect: https://127.0.0.1:443 */
	readonly address: string;
	/** The name that the site is asked for, and the path at which it lies. */
	readonly host: string;
	readonly base: string;
	/** Of the site; trusted for this proof. */
	readonly certificate: string;
	readonly user: string;
	readonly password: Secret;
	readonly nodes: readonly string[];
	/** Its own log, and whose it is: a node that was dead when it started stays so, whatever becomes of the node. */
	readonly log: {readonly path: string; readonly owner: string};
	/** What is started anew then. */
	readonly unit: string;
	/** An image whose application prints its first argument; its input is the first page of CC-Server, at the address that containers use. */
	readonly task?: {
		readonly image: string;
		readonly input: string;
		readonly registry: {readonly user: string; readonly password: Secret};
	};
	/** Files whose change asks for a new proof. */
	readonly watch: readonly string[];
	/** Seconds to wait: it pulls its image from every node before it answers. Default 90. */
	readonly patience?: number;
};
export type CcServerProofState = {readonly proven: boolean; readonly saw: string; readonly digest: string};

export const ccServerProof = (spec: CcServerProofSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		ccServerProofType,
		withEdges({id: `proof:cc-server:${spec.host}`, provides: ['done:proof:cc-server']}, edges),
		spec,
	);

export const ccServerProofType: ResourceType<CcServerProofSpec, CcServerProofState> = {
	name: 'cc-server-proof',
	async inspect(spec, host) {
		if (host.root !== '/')
			throw new Blocked({because: 'offline-root', need: 'a web server answers on the running host only'});
		const digest = await digestOf(spec, host);
		const stamp = await readStamp<{readonly digest: string}>(host, stampOf(spec.host));
		if (stamp?.digest !== digest) return {proven: false, saw: 'not proven yet', digest};
		const saw = (await strangersSee(spec, host)) ?? (await deadOnes(spec, host));
		return {proven: saw === undefined, saw: saw ?? '', digest};
	},
	diff: ({nodes, task}, state) =>
		state !== 'absent' && state.proven
			? []
			: [
					{
						what: 'proof',
						from: state === 'absent' ? null : state.saw,
						to: `it answers, refuses strangers, and ${nodes.join(', ')} ${nodes.length === 1 ? 'is' : 'are'} healthy${task === undefined ? '' : '; the argument of a task comes back'}`,
					},
				],
	undoOf: ({host}) => ({can: true, record: {host}}),
	async apply(spec, {digest}, _changes, host) {
		if ((await deadOnes(spec, host)) !== undefined) await host.serve('restart', spec.unit);
		for (const deadline = performance.now() + (spec.patience ?? 90) * 1000; ; await pause(1000)) {
			try {
				const saw = await strangersSee(spec, host);
				if (saw !== undefined) throw notYet(spec, saw);
				await nodesAreHealthy(spec, host);
				break;
			} catch (error) {
				if (performance.now() >= deadline) throw error;
				host.say(faultData(error).sentence);
			}
		}
		if (spec.task) await runTask(spec, spec.task, host);
		await writeStamp(host, stampOf(spec.host), {digest});
	},
	async undo(record, host) {
		await removeStamp(host, stampOf((record as {readonly host: string}).host));
		return {outcome: 'already'};
	},
};

const stampOf = (host: string): string => `proof:cc-server:${host}`;

const digestOf = async (
	{password: _, watch, patience: __, task, ...spec}: CcServerProofSpec,
	host: Reader,
): Promise<string> => {
	const files = await Promise.all(watch.map(async path => sha256((await host.read(path)) ?? '')));
	return sha256(JSON.stringify([spec, task && [task.image, task.input], files]));
};

const notYet = ({host}: CcServerProofSpec, why: string, details: readonly string[] = []): Fault =>
	new Fault(
		'proof.cc-server',
		`CC-Server on ${host} does not work yet: ${why}`,
		"See its own log (server.log in its log_dir) and /var/log/apache2/error.log. A node that is dead stays dead until Apache's next start.",
		{details},
	);

const ask = async (
	spec: CcServerProofSpec,
	host: Reader,
	path: string,
	more: {readonly login?: {readonly user: string; readonly password: Text}; readonly body?: Text} = {},
): Promise<HttpAnswer> =>
	httpAsk({
		address: spec.address,
		url: `https://${spec.host}${spec.base}${path}`,
		trust: Buffer.from((await host.read(spec.certificate)) ?? '').toString('utf8'),
		redirects: 0,
		timeout: 30_000,
		...more,
		...(more.body && {method: 'POST', headers: {'Content-Type': 'application/json'}}),
	});

/** Undefined where it found every node alive when it started. */
const deadOnes = async ({log, nodes}: CcServerProofSpec, host: Reader): Promise<string | undefined> => {
	const dead = (await deadNodes(log.path, log.owner, host)).filter(one => nodes.includes(one));
	return dead.length === 0
		? undefined
		: `${dead.join(', ')} ${dead.length === 1 ? 'was' : 'were'} dead when it started, and stays so`;
};

/** Undefined where all is well. */
const strangersSee = async (spec: CcServerProofSpec, host: Reader): Promise<string | undefined> => {
	try {
		const version = await ask(spec, host, '/');
		if (version.status !== 200 || !version.body.includes('"version"')) return `${spec.base}/ answers ${version.status}`;
		const nobody = {user: 'nobody-of-that-name', password: ['nothing']};
		for (const login of [undefined, nobody]) {
			const {status} = await ask(spec, host, '/nodes', login && {login});
			if (status !== 401) return `a stranger is answered with ${status}`;
		}
		return undefined;
	} catch (error) {
		return faultData(error).sentence;
	}
};

const asUser = async (
	spec: CcServerProofSpec,
	host: Reader,
	path: string,
	body?: Text,
): Promise<Readonly<Record<string, unknown>>> => {
	const answer = await ask(spec, host, path, {
		login: {user: spec.user, password: [spec.password]},
		...(body && {body}),
	});
	if (answer.status !== 200) throw notYet(spec, `${path} answers ${answer.status} to ${spec.user}`);
	return JSON.parse(answer.body) as Readonly<Record<string, unknown>>;
};

const nodesAreHealthy = async (spec: CcServerProofSpec, host: Reader): Promise<void> => {
	const answer = await asUser(spec, host, '/nodes');
	const named = (key: string) =>
		(answer[key] as readonly {readonly name: string; readonly description?: string}[] | undefined) ?? [];
	const dead = named('dead_nodes');
	const lacking = spec.nodes.filter(one => !named('healthy_nodes').some(({name}) => name === one));
	if (lacking.length > 0)
		throw notYet(
			spec,
			`${lacking.join(', ')} ${lacking.length === 1 ? 'is' : 'are'} not healthy`,
			dead.flatMap(({description = ''}) => description.trim().split('\n').slice(-2)),
		);
};

const runTask = async (
	spec: CcServerProofSpec,
	{image, input, registry}: NonNullable<CcServerProofSpec['task']>,
	host: Reader,
): Promise<void> => {
	const word = `proof-${randomBytes(6).toString('hex')}`;
	const made = await asUser(spec, host, '/tasks', [
		`{"application_container_description": {"image": ${JSON.stringify(image)}, "container_ram": 128, "parameters": [${JSON.stringify(word)}], "registry_auth": {"username": ${JSON.stringify(registry.user)}, "password": `,
		...quoteText([registry.password], JSON.stringify),
		`}}, "input_files": [{"connector_type": "http", "connector_access": {"url": ${JSON.stringify(input)}}}], "result_files": []}`,
	]);
	const id = String(made['_id']);
	const query = async (what: string, key: string): Promise<Readonly<Record<string, unknown>>> => {
		const answer = await asUser(spec, host, `/${what}/query`, [JSON.stringify({aggregate: [{$match: {[key]: id}}]})]);
		return (answer[what.replace('-', '_')] as readonly Readonly<Record<string, unknown>>[])[0] ?? {};
	};
	let state: unknown;
	for (const until = performance.now() + 120_000; performance.now() < until; await pause(500)) {
		({state} = await query('tasks', '_id'));
		if (state === 3 || state === 4 || state === 5) break;
	}
	const container = await query('application-containers', 'task_id');
	if (state !== 3)
		throw notYet(
			spec,
			`a task ends in state ${String(state)}, not in 3`,
			reasonsIn([(await query('tasks', '_id'))['transitions'], container['transitions']]),
		);
	if (!JSON.stringify(container['callbacks'] ?? []).includes(word))
		throw notYet(spec, 'a task ends well, and its argument did not come back');
};

/** What became of a task, and why: each once, of what a program wrote its last line, which names the error. */
export const reasonsIn = (transitions: readonly unknown[]): readonly string[] => [
	...new Set(
		transitions
			.flat()
			.flatMap(one => {
				const {description, exception} = (one ?? {}) as Readonly<Record<string, unknown>>;
				return [description, exception];
			})
			.filter(text => typeof text === 'string')
			.map(text => {
				const lines = text.split('\n').filter(line => line.trim() !== '');
				const [first = '', last = ''] = [lines[0], lines.at(-1)];
				return (
					lines.length < 2 ? first : `${first.replace(/ ?Traceback \(most recent call last\):$/, '')} … ${last.trim()}`
				).slice(0, 600);
			})
			.filter(text => text !== ''),
	),
];
