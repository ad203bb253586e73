/**
 * A certificate from an ACME authority, by certbot with http-01: the web server that stands already serves the challenge from a directory. It is asked for when it is
 * missing, for other names or from another authority; certbot's own timer renews it.
 */

import {type Lineage, lineagePaths, readLineage} from '#host/certificates/lineage.ts';
import {dayOf} from '#host/certificates/pair.ts';
import {unitState} from '#host/units/units.ts';
import {Fault} from '#model/fault.ts';
import type {Json} from '#model/json.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {asWanted} from '../shared/as-wanted.ts';
import {withEdges} from '../shared/edges.ts';
import {certbotFault} from './certbot-fault.ts';

export type CertbotSpec = {
	/** Of the certificate, as certbot calls it. */
	readonly name: string;
	readonly names: readonly [string, ...string[]];
	/** The directory of the authority: https://acme-v02.api.letsencrypt.org/directory. */
	readonly server: string;
	/** From which the web server serves /.well-known/acme-challenge/. */
	readonly webroot: string;
	/** A web server that serves it since an act before this one, and is told so first. */
	readonly tell?: string;
	/** For the account, which is made with the first certificate. */
	readonly email?: string;
};
export type CertbotState = Lineage | 'none';

/** Needs certbot, the directory and a web server that serves it: give its unit as a need. Provides `done:certificate` and the paths. Throws Fault 'certificate.not-issued'. */
export const certbotCertificate = (spec: CertbotSpec, edges: Partial<Edges> = {}): Resource => {
	const {certificate, key} = lineagePaths(spec.name);
	return resource(
		certbotType,
		withEdges(
			{
				id: `certbot:${spec.name}`,
				needs: ['package:certbot', `path:${spec.webroot}`],
				provides: [`path:${certificate}`, `path:${key}`, 'done:certificate'],
				locks: ['certbot'],
				reach: 'remote',
				title: `${spec.names.join(', ')}: a certificate from ${hostOf(spec.server)}`,
			},
			edges,
		),
		spec,
	);
};

export const certbotType: ResourceType<CertbotSpec, CertbotState> = {
	name: 'certbot-certificate',
	inspect: async ({name}, host) => (await readLineage(name, host)) ?? 'none',
	diff(spec, state) {
		const now = state === 'absent' || state === 'none' ? undefined : state;
		const from = now === undefined ? null : whyNot(spec, now);
		return from === undefined
			? []
			: [
					{
						key: 'certificate',
						what: `certificate ${spec.name}`,
						from,
						to: `for ${spec.names.join(', ')}, asked of ${hostOf(spec.server)}, which comes to port 80 of each name (http-01); its terms are agreed to`,
					},
				];
	},
	holds: ({name, names, server}) => [
		{thing: `file:${lineagePaths(name).certificate}`, ...asWanted([...names], server)},
	],
	undoOf: ({name}, state) => ({can: true, record: {name, had: state !== 'none'}}),
	async apply(spec, _state, _changes, host) {
		if (spec.tell !== undefined) {
			const {active} = await unitState(spec.tell, host);
			await host.serve(active === 'active' ? 'reload' : 'start', spec.tell);
		}
		try {
			await host.exec(argvOf(spec), {timeout: 600_000, fetches: true});
		} catch (error) {
			throw certbotFault(error, spec.names, spec.server);
		}
	},
	/** One that signs itself, so that the web server has something to show. */
	async standIn({name, names}, host) {
		const {certificate, key} = lineagePaths(name);
		for (const path of ['/etc/letsencrypt', '/etc/letsencrypt/live', `/etc/letsencrypt/live/${name}`])
			if ((await host.stat(path)) === undefined) await host.mkdir(path, {mode: 0o755, owner: 'root:root'});
		await host.exec([
			...['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'],
			...['-keyout', key, '-out', certificate, '-subj', `/CN=${names[0].slice(0, 64)}`],
			...['-extensions', 'usr_cert', '-addext', `subjectAltName=${names.map(one => `DNS:${one}`).join(',')}`],
		]);
		host.say('a rehearsal asks no authority: a certificate that signs itself stands in its place');
	},
	/** An authority gives only so many of them in a week: what was given is kept until all goes. */
	async undo(record, host, {purge}) {
		const {name, had} = record as Asked;
		if ((await host.stat(lineagePaths(name).renewal)) === undefined) return {outcome: 'already'};
		if (had) return {outcome: 'kept', why: `the certificate ${name} was there before, for other names`};
		if (!purge)
			return {
				outcome: 'kept',
				why: `the certificate ${name} stays: authorities give only so many; certbot delete --cert-name ${name} removes it, and ends its renewal`,
			};
		try {
			await host.exec(['certbot', 'delete', '--non-interactive', '--cert-name', name], {timeout: 60_000});
		} catch (error) {
			if (error instanceof Blocked)
				return {outcome: 'kept', why: `certbot cannot be asked to delete ${name}: ${reason(error)}`};
			throw error;
		}
		return {outcome: 'undone'};
	},
};

type Asked = {readonly name: string; readonly had: boolean} & {readonly [key: string]: Json};

const reason = (error: Blocked): string => ('need' in error.why ? error.why.need : error.why.because);

const whyNot = ({names, server, webroot}: CertbotSpec, now: Lineage): string | undefined => {
	if (now.names.join() !== [...names].toSorted().join()) return `for ${now.names.join(', ')}`;
	if (now.server !== server) return `from ${URL.canParse(now.server) ? hostOf(now.server) : now.server}`;
	if (now.authenticator !== 'webroot') return `by ${now.authenticator}`;
	const other = names.map(name => now.webroots[name]).find(one => one !== webroot);
	if (other !== undefined || names.some(name => now.webroots[name] === undefined))
		return `by ${other ?? 'no directory'}`;
	return now.until.getTime() < Date.now() ? `ended on ${dayOf(now.until)}` : undefined;
};

const hostOf = (server: string): string => {
	if (!URL.canParse(server))
		throw new Fault('certificate.not-issued', `${server} is no URL`, 'Answer the URL of its directory.');
	return new URL(server).host;
};

/** What stands is asked for again where we get here: other names or another authority are no renewal for certbot. */
const argvOf = ({name, names, server, webroot, email}: CertbotSpec): readonly string[] => [
	'certbot',
	'certonly',
	'--non-interactive',
	'--agree-tos',
	'--no-eff-email',
	'--server',
	server,
	...(email === undefined ? ['--register-unsafely-without-email'] : ['--email', email]),
	'--cert-name',
	name,
	'--renew-with-new-domains',
	'--force-renewal',
	'--webroot',
	'--webroot-path',
	webroot,
	...names.flatMap(one => ['--domain', one]),
];
