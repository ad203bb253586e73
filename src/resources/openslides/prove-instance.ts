/** One instance through the API, from its making to the look that nothing is left of it. */
import {randomBytes} from 'node:crypto';
import {setTimeout as pause} from 'node:timers/promises';
import {failedRole} from '#host/openslides/role-log.ts';
import {askPostgres, localPostgres} from '#host/postgres/client.ts';
import {sqlText} from '#host/postgres/sql.ts';
import {type HttpAnswer, type HttpOptions, httpAsk} from '#host/web/http.ts';
import {Fault, faultData} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';
import type {Secret} from '#model/secret.ts';

export type ProofSpec = {
	/** Name of the management interface, and where nginx is: https://127.0.0.1:443 */
	readonly site: string;
	readonly address: string;
	/** Trusted for this proof: that of the site, and that of the instances. */
	readonly certificate: string;
	readonly instanceCertificate: string;
	readonly user: string;
	readonly password: Secret;
	/** Below which the instance gets its name. */
	readonly domain: string;
	/** Id of a version in openslides_versions.json. */
	readonly version: string;
	readonly metadata: string;
	readonly instances: string;
	/** Seconds until it is active. Default 600. */
	readonly patience?: number;
};

/** Throws Fault 'proof.openslides' with the last steps of its role. What it made goes in either case. */
export const proveInstance = async (spec: ProofSpec, host: Host): Promise<void> => {
	const slug = `proof-${randomBytes(4).toString('hex')}`;
	const id = await make(spec, slug, host);
	try {
		await untilActive(spec, id, host);
		await answersItself(spec, `${slug}.${spec.domain}`, host);
	} catch (error) {
		// As far as it came; what went wrong before is what counts.
		await remove(spec, id, host).catch(other => host.say(faultData(other).sentence));
		throw error;
	}
	await remove(spec, id, host);
	await nothingIsLeft(spec, id, host);
};

/** How the API is asked for its instances. */
export const api = async (spec: ProofSpec, host: Reader, path = ''): Promise<HttpOptions> => ({
	url: `https://${spec.site}/api/instances${path}`,
	address: spec.address,
	trust: await pem(spec.certificate, host),
	login: {user: spec.user, password: spec.password},
	// It answers 415 to a GET without.
	headers: {'Content-Type': 'application/vnd.api+json'},
	redirects: 0,
});

const pem = async (path: string, host: Reader): Promise<string> =>
	Buffer.from((await host.read(path)) ?? '').toString('utf8');

const notYet = (why: string, details: readonly string[] = []): Fault =>
	new Fault(
		'proof.openslides',
		`instances cannot be had yet: ${why}`,
		'See the log of its role (ansible.ID.log.json in the directory of instances), journalctl -u openslides-backend and -t instances, and that the image is one of OpenSlides 2.',
		{details},
	);

const make = async (spec: ProofSpec, slug: string, host: Host): Promise<string> => {
	const attributes = {
		slug,
		db: 'postgresql',
		mode: 'subdomain',
		parent_domain: spec.domain,
		admin_first_name: 'Proof',
		admin_last_name: 'of setup',
		event_name: 'Proof of setup',
		event_description: "made by setup, and removed again; {{ 7 * 7 }} and $(id) 'are' words",
		event_date: '',
		event_location: '',
	};
	const relationships = {osversion: {data: {type: 'osversions', id: spec.version}}};
	const answer = await httpAsk({
		...(await api(spec, host)),
		method: 'POST',
		body: [JSON.stringify({data: {type: 'instances', attributes, relationships}})],
	});
	const {id} = dataOf(answer, 'a request for an instance');
	if (typeof id !== 'string' || !/^[0-9a-f]{32}$/.test(id)) throw notYet('the API gives no id for a new one');
	return id;
};

const untilActive = async (spec: ProofSpec, id: string, host: Host): Promise<void> => {
	let state: unknown;
	for (const until = performance.now() + (spec.patience ?? 600) * 1000; performance.now() < until; await pause(1000)) {
		const answer = await httpAsk(await api(spec, host, `/${id}`));
		({state} = dataOf(answer, 'a question for one').attributes ?? {});
		if (state === 'active') return;
		const failed = await failedRole(host, spec.instances, id);
		if (failed !== undefined) throw notYet(failed);
		host.say(`the instance is ${String(state)}`);
	}
	throw notYet(`it is ${String(state)} after ${spec.patience ?? 600} s`);
};

/** The page is nginx' from the collected files; who one is comes out of the container and its database. nginx takes up a new site a moment after it was told. */
const answersItself = async (spec: ProofSpec, name: string, host: Host): Promise<void> => {
	const trust = await pem(spec.instanceCertificate, host);
	for (const [path, has] of [
		['/', '<'],
		['/users/whoami/', '"user_id"'],
	] as const)
		for (const until = performance.now() + 30_000; ; await pause(500)) {
			const saw = await seen({url: `https://${name}${path}`, address: spec.address, trust, redirects: 0}, has);
			if (saw === undefined) break;
			if (performance.now() > until) throw notYet(`${name}${path}: ${saw}`);
		}
};

/** Undefined where it is as it should be. */
const seen = async (options: HttpOptions, has: string): Promise<string | undefined> => {
	try {
		const {status, body} = await httpAsk(options);
		return status === 200 && body.includes(has) ? undefined : `status ${status}`;
	} catch (error) {
		return faultData(error).sentence;
	}
};

const remove = async (spec: ProofSpec, id: string, host: Host): Promise<void> => {
	// It answers when its role is done.
	const {status} = await httpAsk({
		...(await api(spec, host, `/${id}`)),
		method: 'DELETE',
		timeout: 300_000,
		deadline: 300_000,
	});
	if (status >= 300) throw notYet(`the API answers ${status} to the removal of one`);
};

const nothingIsLeft = async (spec: ProofSpec, id: string, host: Host): Promise<void> => {
	host.forget();
	const found = async (directory: string): Promise<readonly string[]> =>
		((await host.list(directory)) ?? []).filter(name => name.includes(id)).map(name => `${directory}/${name}`);
	const files = await Promise.all(
		[
			spec.metadata,
			spec.instances,
			'/etc/nginx/openslides',
			'/etc/systemd/system',
			'/etc/systemd/system/multi-user.target.wants',
			'/etc/systemd/system/sockets.target.wants',
			'/run/openslides',
		].map(found),
	);
	const containers = await host.query(['podman', 'container', 'ls', '--all', '--format={{.Names}}']);
	const units = await host.query([
		'systemctl',
		'list-units',
		'--all',
		'--plain',
		'--no-legend',
		`openslides_instance_*${id}*`,
	]);
	const rows = await askPostgres(host, localPostgres, [
		`SELECT datname FROM pg_database WHERE datname = ${sqlText(`openslides_${id}`)} UNION ALL SELECT rolname FROM pg_roles WHERE rolname = ${sqlText(`openslides_${id}`)}`,
	]);
	const listed = await httpAsk(await api(spec, host));
	const left = [
		...files.flat(),
		...containers.split('\n').filter(name => name.includes(id)),
		...units.split('\n').filter(line => line.includes(id)),
		...(rows ?? '').split('\n').filter(line => line.includes(id)),
		...(listed.body.includes(id) ? ['its entry in the API'] : []),
	];
	if (left.length > 0) throw notYet(`of one that was removed is left: ${left[0]}`, left);
};

type Data = {readonly id?: unknown; readonly attributes?: Readonly<Record<string, unknown>>};

/** Its body holds passwords: nothing of it goes into a fault. */
const dataOf = ({status, body}: HttpAnswer, what: string): Data => {
	if (status >= 300) throw notYet(`the API answers ${status} to ${what}`);
	try {
		return (JSON.parse(body) as {readonly data: Data}).data;
	} catch {
		throw notYet(`the API answers ${what} with no JSON`);
	}
};
