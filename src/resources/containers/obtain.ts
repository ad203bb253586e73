/** How an image comes to this host's engine: built, loaded from an archive, pulled, or brought by the operator. */
import {sha256} from '#host/files/stash.ts';
import {treeBelow} from '#host/owned/tree.ts';
import {writtenByOthers} from '#host/trust/others.ts';
import {createTrusting} from '#host/trust/who-may-write.ts';
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import {clear} from '../shared/clear.ts';
import {ownDirectories} from '../shared/own-directory.ts';

/** A directory with a Dockerfile; or a Python program of root's that makes one in the directory it is given, out of `files`. */
export type ImageSource =
	| {readonly context: string}
	| {readonly script: string; readonly arguments: readonly string[]; readonly files: readonly string[]}
	/** A file that `save` wrote; it gets the name whatever it was called there. */
	| {readonly archive: string}
	/** From the registry in its name, once: what a tag means there later is not followed. */
	| {readonly pull: true}
	/** Of the operator's own making: it must be there. */
	| {readonly local: true};

type Wanted = {readonly engine: 'docker' | 'podman'; readonly reference: string; readonly from: ImageSource};

/** Leaves the image under its name. Throws Fault 'image.missing', 'image.archive', 'image.foreign'. */
export const obtainImage = async ({engine, reference, from}: Wanted, host: Host): Promise<void> => {
	if ('local' in from)
		throw new Fault(
			'image.missing',
			`${engine} has no image ${reference}`,
			`Bring it there (${engine} load, ${engine} build or ${engine} pull), or answer where it comes from.`,
		);
	if ('pull' in from) return host.exec([engine, 'pull', '--quiet', reference], {fetches: true});
	if ('archive' in from) {
		await refuseOthers([from.archive]);
		const lines: string[] = [];
		await host.exec([engine, 'load', '--quiet', `--input=${from.archive}`], {onLine: line => lines.push(line)});
		const loaded = lines.flatMap(line => /^Loaded image(?:\(s\)| ID)?: ([^\s,]+)/.exec(line)?.[1] ?? [])[0];
		if (loaded === undefined)
			throw new Fault(
				'image.archive',
				`${from.archive} holds no image that ${engine} can load`,
				`Write it with: ${engine} save --output FILE IMAGE`,
			);
		return host.exec([engine, 'tag', loaded, reference]);
	}
	await withWork(host, reference, async work => {
		if ('context' in from)
			await refuseOthers([
				from.context,
				// A link goes into the image as it is, wherever it leads.
				...(await treeBelow(from.context)).flatMap(({path, kind}) =>
					kind === 'symlink' ? [] : [`${from.context}/${path}`],
				),
			]);
		if ('script' in from) await host.exec(['/usr/bin/python3', from.script, work, ...from.arguments]);
		// The builder of old needs no plugin, which Debian does not bring with the engine.
		const context = 'context' in from ? from.context : work;
		await host.exec([engine, 'build', '--quiet', ...proxyArguments, `--tag=${reference}`, context], {
			fetches: true,
			env: {DOCKER_BUILDKIT: '0'},
			cwd: '/',
		});
	});
};

/** What is built runs as root while it is built, and what is loaded is what the application's containers are: whoever may write it could choose both. */
const refuseOthers = async (paths: readonly string[]): Promise<void> => {
	const trusting = createTrusting();
	for (const path of paths) {
		const others = writtenByOthers(path, trusting);
		if (others !== undefined)
			throw new Fault(
				'image.foreign',
				`no image is made of ${paths[0]}: ${others}`,
				'See what is in it. Then make it yours: a copy in a directory of root (chown -R root:root, chmod -R go-w).',
			);
	}
};

/** Names alone: the values are in the engine's environment, and stay out of the image and its history. */
const proxyArguments = ['http_proxy', 'https_proxy', 'no_proxy'].map(name => `--build-arg=${name}`);

/** A directory of root's that goes afterwards. */
export const withWork = async (host: Host, what: string, use: (directory: string) => Promise<void>): Promise<void> => {
	const top = '/var/lib/host-setup/images';
	const work = `${top}/${sha256(what).slice(0, 12)}`;
	await clear(host, work);
	await ownDirectories(host, '/var/lib/host-setup', top, work);
	try {
		await use(work);
	} finally {
		await clear(host, work);
	}
};

/** For a plan. */
export const sourceWord = (from: ImageSource): string =>
	'archive' in from ? `from ${from.archive}` : 'pull' in from ? 'pulled' : 'local' in from ? 'there' : 'built';
