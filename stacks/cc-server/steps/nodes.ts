import {z} from 'zod';
import {absolutePath, hostOrAddress, oneLine, port} from '#answers/questions/questions.ts';
import {textOf} from '#host/files/text-of.ts';
import {Fault} from '#model/fault.ts';
import type {Resource} from '#model/resource.ts';
import {Secret} from '#model/secret.ts';
import {defineStep} from '#model/step.ts';
import {directory} from '#resources/files/directory.ts';
import {lateFile} from '#resources/files/file.ts';
import {pathThere} from '#steps/probes/files.ts';

/** Of the client's certificate for an engine, as Docker's own client has them in a directory of such files. */
const pems = ['ca.pem', 'cert.pem', 'key.pem'] as const;

const node = z.strictObject({
	name: z
		.string()
		.regex(/^[a-zA-Z0-9_-]{1,60}$/, {error: 'must be letters, digits, - and _'})
		.refine(name => name !== 'local', {error: "is the name of this host's own engine"})
		.meta({title: 'Name', help: 'As CC-Server tells of it.', example: 'cc-node1'}),
	address: hostOrAddress().meta({title: 'Host', help: 'For which its certificate is.', example: '192.168.99.101'}),
	port: port().default(2376).meta({title: 'Port', help: 'Of its engine, with TLS.', from: 'guide'}),
	certificates: absolutePath().meta({
		reads: 'path',
		title: 'Directory of ca.pem, cert.pem and key.pem',
		help: "On this host: who vouches for the engine, and the client's certificate with its key. CC-Server gets copies of its own.",
		example: '/root/docker/cc-node1',
	}),
	checkName: z.boolean().default(true).meta({
		title: 'Its certificate is for that host',
		help: 'No, as in the guide: whoever has any certificate of that authority passes for the engine.',
		from: 'setup',
	}),
});

/** Engines on other hosts, beside the one of this host: each by its address, over TLS, with a certificate of the client's. */
export const nodes = defineStep({
	id: 'nodes',
	title: 'Further engines',
	about:
		'Engines that run elsewhere and listen with TLS already. CC-Server pulls its image on each of them: it must be in a registry that all of them reach (image.from: registry). Without a network across the hosts only tasks without a data container run there.',
	guide: 'CC-Server: Docker Cluster; docker',
	uses: {app: 'ccServer'},
	questions: z
		.strictObject({
			nodes: z.array(node).default([]).meta({
				title: 'Engines',
				help: "Beside this host's own, which is always one.",
				from: 'setup',
			}),
			network: oneLine({max: 100}).optional().meta({
				title: 'Network across the hosts',
				help: 'One that is there on every engine (docker network create -d overlay --attachable NAME); containers find each other in it by name.',
				example: 'cc-overlay-network',
			}),
		})
		.refine(({nodes: all}) => new Set(all.map(({name}) => name)).size === all.length, {
			path: ['nodes'],
			error: 'must have a name each',
		}),
	probes: ({nodes: all}) =>
		all.flatMap(({name, certificates}, at) =>
			pems.map(pem => pathThere(`${name} ${pem}`, `${certificates}/${pem}`, [`nodes.${at}.certificates`])),
		),
	offers: ({nodes: all, network}, {uses: {app}}) => ({
		ccNodes: {
			nodes: all.map(({name, address, port: number, checkName}) => ({
				name,
				address,
				port: number,
				checkName,
				certificates: copiesOf(app.home, name),
			})),
			network,
		},
	}),
	resources: ({nodes: all}, {uses: {app}}) => {
		if (all.length === 0) return [];
		const owner = `${app.user}:${app.user}`;
		const own = (path: string) => directory({path, mode: 0o700, owner});
		return [
			own(`${app.home}/nodes`),
			...all.flatMap(({name, certificates}): readonly Resource[] => [
				own(copiesOf(app.home, name)),
				...pems.map(pem => {
					const path = `${copiesOf(app.home, name)}/${pem}`;
					const spec = {path, mode: 0o600, owner, secretFile: true} as const;
					return lateFile(
						spec,
						async host => {
							const from = `${certificates}/${pem}`;
							const text = await textOf(host, from);
							if (text === undefined)
								throw new Fault(
									'certificate.missing',
									`${from} is not there`,
									'Put it there, or answer where it lies.',
								);
							return {...spec, text: pem === 'key.pem' ? [new Secret(`the key ${from}`, text)] : text};
						},
						{provides: ['done:cc-nodes'], owes: [{unit: 'apache2.service', do: 'restart'}]},
						{...spec, text: `of ${certificates}`},
					);
				}),
			]),
		];
	},
});

const copiesOf = (home: string, name: string): string => `${home}/nodes/${name}`;
