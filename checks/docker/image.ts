import {ccConfig} from '#host/cc-server/config.ts';
import {ccServers} from '#host/cc-server/servers.ts';
import {askDocker} from '#host/docker/client.ts';
import {dockerHost} from '#host/docker/engine.ts';
import {isSeen, see} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Fact, Reader} from '#model/host.ts';
import {Blocked, type Unknown} from '#model/unknown.ts';
import {seen} from '../shared/seeing.ts';

const kinds = defineKinds({
	notHere: {
		state: 'warn',
		example: {image: 'example/data:1'},
		says: 'it is not on this host: the first task has to fetch it',
		remedy: ({image}) => ({
			sentence: 'Fetch it now, and look whether its name is right where that fails.',
			commands: [['docker', 'pull', image]],
		}),
	},
});

/** An image that is fetched only when the first task needs it fails that task where the registry is out of reach. */
export const check = defineCheck({
	id: 'docker.image',
	title: 'The images that the applications start are on this host',
	why: 'CC-Server starts the image of its data container for every task. A slip in its name, or an image that a clean-up took away, is noticed only when somebody waits for a result.',
	reads: [
		'defaults.data_container_description.image in the config.toml of each CC-Server',
		'GET /images/json on /run/docker.sock',
	],
	severity: 'warn',
	layers: ['file', 'runtime'],
	requires: ['docker.engine'],
	source: 'cc-server: defaults (data_container_description)',
	verify: 'docker image ls',
	facts: {
		docker: dockerHost,
		wanted: {id: 'docker-wanted-images', read: host => wantedOn(host)} satisfies Fact<readonly Wanted[]>,
	},
	kinds,
	appliesTo: ({facts}) => {
		if (facts.docker.docker === undefined) return 'Docker is not installed';
		return facts.wanted.length > 0 || 'no application here names an image (config.toml of CC-Server)';
	},
	async inspect({facts}) {
		const there = await see(async () =>
			seen([...tagsIn(await askDocker('/images/json'))], 'GET /images/json on /run/docker.sock'),
		);
		return findings(
			facts.wanted.map(({image, where}): FoundOf<typeof kinds> => {
				if (typeof image !== 'string')
					return {item: where, is: 'ok', expected: 'on this host', layers: {file: image, runtime: there}};
				const found = isSeen(there) && (there.value as readonly string[]).includes(plain(image));
				const sight = {
					item: image,
					expected: 'on this host',
					layers: {
						file: seen(image, where),
						runtime: isSeen(there) ? seen(found ? 'there' : 'not there', there.where) : there,
					},
				};
				if (isSeen(there) && !found) return {...sight, is: 'notHere', data: {image}};
				return {...sight, is: 'ok', ...(found && {says: 'it is here'})};
			}),
		);
	},
});

type Wanted = {readonly image: string | Unknown; readonly where: string};

const wantedOn = async (host: Reader): Promise<readonly Wanted[]> => {
	const found = await Promise.all(
		(await host.fact(ccServers)).map(async (server): Promise<readonly Wanted[]> => {
			if (server.config === undefined) return [];
			try {
				const config = await ccConfig(server, host);
				// A file that is none is told by cc-server.config.
				const image = 'broken' in config ? undefined : config.at('defaults.data_container_description.image');
				return typeof image?.value === 'string' ? [{image: image.value, where: image.where}] : [];
			} catch (error) {
				if (error instanceof Blocked) return [{image: error.why, where: server.config}];
				throw error;
			}
		}),
	);
	return found.flat();
};

/** Names by tag and by digest, in the form that `plain` gives. */
const tagsIn = (answer: unknown): readonly string[] =>
	(Array.isArray(answer)
		? (answer as readonly {
				readonly RepoTags?: readonly string[] | null;
				readonly RepoDigests?: readonly string[] | null;
			}[])
		: []
	).flatMap(one => [...(one.RepoTags ?? []), ...(one.RepoDigests ?? [])].map(plain));

/** `docker.io/library/ubuntu` and `ubuntu:latest` are one image. */
export const plain = (name: string): string => {
	const short = name.replace(/^(?:docker\.io|index\.docker\.io)\//, '').replace(/^library\//, '');
	return /@|:[^/]*$/.test(short) ? short : `${short}:latest`;
};
