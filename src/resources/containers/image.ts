/**
 * An image of containers: built on this host, loaded from an archive, pulled, or looked for; and pushed to a registry from where every start of a
 * program may pull it. The engine's own words tell what is there.
 */
import {createHash} from 'node:crypto';
import {sha256} from '#host/files/stash.ts';
import {treeBelow} from '#host/owned/tree.ts';
import {refuseStrangers} from '#host/system/who-answers.ts';
import {httpAsk} from '#host/web/http.ts';
import {faultData} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import type {Text} from '#model/secret.ts';
import {Blocked} from '#model/unknown.ts';
import {withEdges} from '../shared/edges.ts';
import {readStamp, removeStamp, writeStamp} from '../shared/stamp.ts';
import {type ImageSource, obtainImage, sourceWord, withWork} from './obtain.ts';

export type ContainerImageSpec = {
	/** Both take the same words. */
	readonly engine: 'docker' | 'podman';
	/** `127.0.0.1:5001/cc/image:1` */
	readonly reference: string;
	readonly from: ImageSource;
	/** Pushed there, where it is named. */
	readonly registry?: {readonly user: string; readonly password: Text};
};
type Stamp = {readonly asked: string; readonly image: string};
export type ContainerImageState = {
	readonly image: string | undefined;
	/** Made of what is asked for now. */
	readonly current: boolean;
	readonly pushed: boolean | undefined;
	readonly asked: string;
};

/** The image under its name. Provides `done:image:REFERENCE`. Needs the engine, and the registry where it is pushed. */
export const containerImage = (spec: ContainerImageSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		containerImageType,
		withEdges(
			{
				id: `container-image:${spec.reference}`,
				provides: [`done:image:${spec.reference}`],
				locks: ['containers'],
				title: `the image ${spec.reference}`,
			},
			edges,
		),
		spec,
	);

export const containerImageType: ResourceType<ContainerImageSpec, ContainerImageState> = {
	name: 'container-image',
	async inspect(spec, host) {
		if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'the engine of the running host'});
		const asked = await askedOf(spec, host);
		const there = await imageNow(spec, host);
		const stamp = await readStamp<Stamp>(host, stampOf(spec.reference));
		return {
			image: there?.id,
			current: there !== undefined && ('local' in spec.from || (stamp?.asked === asked && stamp.image === there.id)),
			pushed:
				spec.registry === undefined ? undefined : there !== undefined && (await isPushed(spec, there.digests, host)),
			asked,
		};
	},
	diff({reference, registry, from}, state) {
		const now = state === 'absent' ? {image: undefined, current: false, pushed: registry && false} : state;
		return [
			...(now.current
				? []
				: [
						{
							key: 'built',
							what: `image ${reference}`,
							from: now.image === undefined ? null : 'of other making',
							to: sourceWord(from),
						},
					]),
			...(now.pushed === false || (now.pushed !== undefined && !now.current)
				? [{key: 'pushed', what: 'in the registry', from: null, to: 'pushed'}]
				: []),
		];
	},
	fetches: ({reference, from}) =>
		'archive' in from || 'local' in from ? [] : [{kind: 'not covered', what: `the image ${reference}`}],
	undoOf: ({engine, reference}, {image}) => ({can: true, record: {engine, reference, was: image ?? null}}),
	async apply(spec, {asked}, changes, host) {
		const {engine, reference, registry} = spec;
		if (changes.some(({key}) => key === 'built')) {
			await obtainImage(spec, host);
			const image = (await imageNow(spec, host))?.id ?? '';
			await writeStamp(host, stampOf(reference), {asked, image});
		}
		if (registry === undefined || !changes.some(({key}) => key === 'pushed')) return;
		await withWork(host, `login:${reference}`, async work => {
			const env = {DOCKER_CONFIG: work, REGISTRY_AUTH_FILE: `${work}/config.json`};
			const server = reference.slice(0, reference.indexOf('/'));
			await onlyTheRegistry(reference, host);
			await host.exec([engine, 'login', `--username=${registry.user}`, '--password-stdin', server], {
				stdin: registry.password,
				env,
			});
			await host.exec([engine, 'push', '--quiet', reference], {fetches: true, env});
		});
	},
	async undo(raw, host) {
		const {engine, reference, was} = raw as {
			readonly engine: string;
			readonly reference: string;
			readonly was: string | null;
		} & {readonly [key: string]: Json};
		await removeStamp(host, stampOf(reference));
		if (was !== null) return {outcome: 'kept', why: `there was an image ${reference} before, which was replaced`};
		try {
			const {code} = await host.probe([engine, 'image', 'inspect', '--format={{.Id}}', reference]);
			if (code !== 0) return {outcome: 'already'};
		} catch (error) {
			if (error instanceof Blocked) return {outcome: 'already'};
			throw error;
		}
		await host.exec([engine, 'image', 'rm', '--force', reference]);
		return {outcome: 'undone'};
	},
};

const stampOf = (reference: string): string => `container-image:${reference}`;

/** What it is made of, as one digest. */
const askedOf = async ({from}: ContainerImageSpec, host: Reader): Promise<string> => {
	const hash = createHash('sha256').update(JSON.stringify(from));
	if ('archive' in from) {
		// Of some gigabytes, and looked at by every plan.
		const stat = await host.stat(from.archive, {follow: true});
		return hash.update(`${stat?.size} ${stat?.mtimeMs}`).digest('hex');
	}
	if ('pull' in from || 'local' in from) return hash.digest('hex');
	const paths = 'context' in from ? await filesBelow(from.context) : [from.script, ...from.files];
	for (const path of paths) hash.update(path).update(sha256((await host.read(path, {most: largest})) ?? ''));
	return hash.digest('hex');
};

const largest = 2 ** 31;

const filesBelow = async (directory: string): Promise<readonly string[]> =>
	(await treeBelow(directory)).flatMap(({path, kind}) => (kind === 'file' ? [`${directory}/${path}`] : []));

/** The id of the image of that name. Throws Blocked 'until' where there is none yet. */
export const imageId = async (
	spec: Pick<ContainerImageSpec, 'engine' | 'reference'>,
	host: Reader,
): Promise<string> => {
	const now = host.root === '/' ? await imageNow(spec, host) : undefined;
	if (now === undefined) throw new Blocked({because: 'until', thing: `done:image:${spec.reference}`});
	return now.id;
};

/** Undefined where there is none. Throws Blocked where no engine is yet, or it does not answer. */
const imageNow = async (
	{engine, reference}: Pick<ContainerImageSpec, 'engine' | 'reference'>,
	host: Reader,
): Promise<{readonly id: string; readonly digests: readonly string[]} | undefined> => {
	const ran = await host.probe([engine, 'image', 'inspect', '--format={{.Id}} {{json .RepoDigests}}', reference]);
	if (ran.code !== 0) {
		if (/no such image|not known|does not exist/i.test(ran.stderr)) return undefined;
		throw new Blocked({because: 'unreadable', need: `${engine} gives no answer: ${ran.stderr.trim().slice(0, 200)}`});
	}
	const [id = '', digests = '[]'] = ran.stdout.trim().split(' ');
	return {id, digests: ((JSON.parse(digests) ?? []) as readonly string[]).map(one => one.slice(one.indexOf('@') + 1))};
};

/** Has the registry under that tag what the engine has? */
const isPushed = async (
	{reference, registry}: ContainerImageSpec,
	digests: readonly string[],
	host: Reader,
): Promise<boolean> => {
	await onlyTheRegistry(reference, host);
	const [, server = '', name = '', tag = 'latest'] = /^([^/]+)\/(.+?)(?::([^:/]+))?$/.exec(reference) ?? [];
	try {
		const answer = await httpAsk({
			url: `http${/^(127\.|localhost)/.test(server) ? '' : 's'}://${server}/v2/${name}/manifests/${tag}`,
			method: 'HEAD',
			headers: {
				Accept: 'application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json',
			},
			...(registry && {login: registry}),
			timeout: 5000,
			redirects: 0,
		});
		return answer.status === 200 && digests.includes(String(answer.headers['docker-content-digest']));
	} catch (error) {
		if (faultData(error).code.startsWith('http.')) return false;
		throw error;
	}
};

/** It is told a password. While it is down anybody may listen on its port. Throws Blocked 'unsafe'. */
const onlyTheRegistry = async (reference: string, host: Reader): Promise<void> => {
	const [server = ''] = reference.split('/');
	const {hostname, port} = new URL(`https://${server}`);
	await refuseStrangers(host, {host: hostname, port: Number(port) || 443}, ['docker-registry']);
};
