/** Which images the engine of instances has, and how a version names one: rkt as in the guide, by hash alone, or podman where setup put it in its place. */
import type {Seen} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';

export type Store = {
	/** All of them. Throws Blocked. */
	images(host: Reader): Promise<Seen>;
	/** As it is compared, from a line `image`. */
	nameIn(image: string): string;
	/** What is wrong with a name that can be no image's. */
	wrong(name: string): 'placeholder' | 'noHash' | undefined;
	has(images: readonly string[], name: string): boolean;
	readonly lacks: 'notInStore' | 'notInPodman';
	readonly expected: string;
	/** Of one that it has, and of one that it has not. */
	readonly there: string;
	readonly gone: string;
};

export const rkt: Store = {
	images: host => rktImages(host),
	nameIn: image => image,
	wrong: name => (/^sha512-[0-9a-f]{32,128}$/.test(name) ? undefined : name.includes('<<') ? 'placeholder' : 'noHash'),
	has: (images, name) => images.some(one => one.startsWith(name) || name.startsWith(one)),
	lacks: 'notInStore',
	expected: 'the hash of an image that is there',
	there: 'in the store',
	gone: 'not in the store',
};

/** An id, with or without its `sha256:`, whole or begun; or a name. */
export const podman: Store = {
	images: host => podmanImages(host),
	nameIn: image => image.replace(/^sha256:/, ''),
	wrong: () => undefined,
	has: (images, name) =>
		images.some(
			one => one === name || one === `docker.io/${name}` || (/^[0-9a-f]{12,64}$/.test(name) && one.startsWith(name)),
		),
	lacks: 'notInPodman',
	expected: 'an image that podman has',
	there: 'podman has it',
	gone: 'podman does not have it',
};

const podmanImages = async (host: Reader): Promise<Seen> => {
	const words = await host.query(
		['podman', 'image', 'list', '--no-trunc', '--format={{.ID}} {{.Repository}}:{{.Tag}}'],
		{timeout: 8000},
	);
	return {
		value: words
			.split(/\s+/)
			.map(word => word.replace(/^sha256:/, ''))
			.filter(word => word !== ''),
		where: 'podman image list',
	};
};

const rktImages = async (host: Reader): Promise<Seen> => {
	const {code, stdout, stderr} = await host.probe(['rkt', 'image', 'list', '--full', '--no-legend', '--fields=id'], {
		timeout: 4000,
	});
	if (code !== 0)
		throw new Blocked({
			because: 'unreadable',
			need: `rkt image list: ${stderr.trim().split('\n').at(-1) ?? `it ended with ${code}`}`,
		});
	return {value: parseImages(stdout), where: 'rkt image list'};
};

/** One id on each line. */
export const parseImages = (text: string): readonly string[] =>
	text.split('\n').flatMap(line => /\bsha512-[0-9a-f]+/.exec(line)?.[0] ?? []);
