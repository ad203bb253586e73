/**
 * A certificate that signs itself, for a host that nobody outside must trust: a key that stays, and a certificate that is made again when the names
 * change or its end is near. The key is made here and never passes through another program's output.
 */
import {generateKeyPairSync, type X509Certificate} from 'node:crypto';
import {isIP} from 'node:net';
import {dayOf, notFor, type PairPaths, readPair} from '#host/certificates/pair.ts';
import {sha256} from '#host/files/stash.ts';
import type {Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {Secret} from '#model/secret.ts';
import {asWanted} from '../shared/as-wanted.ts';
import {clear} from '../shared/clear.ts';
import {withEdges} from '../shared/edges.ts';

export type SelfSignedSpec = PairPaths & {
	readonly names: readonly [string, ...string[]];
	/** For how long a new one is valid. Default 825, beyond which some clients refuse it. */
	readonly days?: number;
};

export type SelfSignedState = {
	readonly key: {readonly there: boolean; readonly mode?: number; readonly id?: string | undefined};
	/** `good`: fits the key, is for the names, and has a month left. */
	readonly certificate:
		| 'absent'
		| {readonly good: boolean; readonly says: string; readonly bytes: Uint8Array; readonly id: string | undefined};
};

/** Needs the directories and openssl; provides both paths and `done:certificate`. */
export const selfSigned = (spec: SelfSignedSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		selfSignedType,
		withEdges(
			{
				id: `self-signed:${spec.certificate}`,
				needs: ['package:openssl'],
				provides: [`path:${spec.certificate}`, `path:${spec.key}`, 'done:certificate'],
				locks: [`path:${spec.certificate}`],
			},
			edges,
		),
		spec,
	);

export const selfSignedType: ResourceType<SelfSignedSpec, SelfSignedState> = {
	name: 'self-signed',
	async inspect(spec, host) {
		const [key, certificate, bytes] = [
			await host.stat(spec.key),
			await host.stat(spec.certificate),
			await host.read(spec.certificate),
		];
		return {
			key: key === undefined ? {there: false} : {there: true, mode: key.mode, id: key.id},
			certificate:
				certificate === undefined || bytes === undefined
					? 'absent'
					: {...(await judged(spec, host)), bytes, id: certificate.id},
		};
	},
	diff: ({certificate, key, names}, state) => {
		const {key: now, certificate: has} = state === 'absent' ? fresh : state;
		return [
			...(now.there ? [] : [{what: 'key', from: null, to: `a new one for ${key}`, key: 'key'}]),
			...(now.there && now.mode !== 0o600
				? [{what: 'mode of the key', from: octal(now.mode), to: '0600', key: 'mode'}]
				: []),
			...(now.there && has !== 'absent' && has.good
				? []
				: [{what: certificate, from: has === 'absent' ? null : has.says, to: saysOf(names), key: 'certificate'}]),
		];
	},
	holds: ({certificate, names}) => [{thing: `file:${certificate}`, ...asWanted([...names])}],
	undoOf: ({certificate, key, names}, state) => ({
		can: true,
		record: {
			certificate,
			key,
			names: [...names],
			hadKey: state.key.there,
			had: state.certificate !== 'absent',
		},
		keep: state.certificate === 'absent' ? [] : [state.certificate.bytes],
	}),
	async apply(spec, state, changes, host) {
		const does = (key: string): boolean => changes.some(change => change.key === key);
		if (does('key')) await host.replace(spec.key, [newKey(spec.key)], {was: 'absent', mode: 0o600, owner: 'root:root'});
		if (does('mode')) await host.own(spec.key, {mode: 0o600, was: state.key.id});
		if (!does('certificate')) return;
		const {certificate: has} = state;
		await host.replace(spec.certificate, [await made(spec, host)], {
			was: has === 'absent' ? 'absent' : sha256(has.bytes),
			id: has === 'absent' ? undefined : has.id,
			mode: 0o644,
			owner: 'root:root',
		});
	},
	async undo(record, host, {kept: [old]}) {
		const {certificate, key, names, hadKey, had} = record as Made;
		const now = await host.read(certificate);
		if (now === undefined && (hadKey || (await host.stat(key)) === undefined)) return {outcome: 'already'};
		if (now !== undefined) {
			if (old !== undefined && sha256(now) === sha256(old)) return {outcome: 'already'};
			const pair = await readPair({certificate, key}, host);
			if (pair.is !== 'pair' || !isOwn(pair.certificate) || notFor(pair.certificate, names).length > 0)
				return {outcome: 'conflict', why: `${certificate} is another one since`};
			if (old !== undefined) await host.replace(certificate, old, {was: sha256(now)});
			else if (!had) await clear(host, certificate);
		}
		if (!hadKey) await clear(host, key);
		return {outcome: 'undone'};
	},
};

type Made = {
	readonly certificate: string;
	readonly key: string;
	readonly names: readonly string[];
	readonly hadKey: boolean;
	readonly had: boolean;
} & {readonly [key: string]: Json};

const fresh: SelfSignedState = {key: {there: false}, certificate: 'absent'};

const monthMs = 30 * 86_400_000;

const judged = async (spec: SelfSignedSpec, host: Reader): Promise<{readonly good: boolean; readonly says: string}> => {
	const pair = await readPair(spec, host);
	if (pair.is !== 'pair') return {good: false, says: pair.is === 'other' ? 'for another key' : 'none that can be read'};
	const lacking = notFor(pair.certificate, spec.names);
	if (lacking.length > 0) return {good: false, says: `not for ${lacking.join(', ')}`};
	const left = pair.until.getTime() - Date.now();
	return {good: left > monthMs && pair.from.getTime() <= Date.now(), says: `until ${dayOf(pair.until)}`};
};

const saysOf = (names: readonly string[]): string => `signed by itself, for ${names.join(', ')}`;

const octal = (mode: number | undefined): string => (mode ?? 0).toString(8).padStart(4, '0');

/** P-256: every client since 2010 takes it. */
const newKey = (path: string): Secret =>
	new Secret(
		path,
		generateKeyPairSync('ec', {
			namedCurve: 'prime256v1',
			privateKeyEncoding: {type: 'pkcs8', format: 'pem'},
			publicKeyEncoding: {type: 'spki', format: 'pem'},
		}).privateKey,
	);

/** The section usr_cert of Debian's openssl.cnf says that it is no authority; see req(1). */
const made = ({key, names, days = 825}: SelfSignedSpec, host: Reader): Promise<string> =>
	host.query([
		'openssl',
		'req',
		'-x509',
		'-new',
		'-sha256',
		'-key',
		key,
		'-days',
		`${days}`,
		'-subj',
		`/CN=${names[0].slice(0, 64)}`,
		'-extensions',
		'usr_cert',
		'-addext',
		`subjectAltName=${names.map(name => `${isIP(name) === 0 ? 'DNS' : 'IP'}:${name}`).join(',')}`,
	]);

/** As openssl says of one that signs itself. */
const isOwn = (certificate: X509Certificate): boolean => certificate.subject === certificate.issuer;
