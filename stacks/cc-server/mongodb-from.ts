/** Where MongoDB comes from, which no Debian has since 10: the question, and what brings it here. */
import {z} from 'zod';
import {absolutePath, hostOrAddress, oneLine, port, url} from '#answers/questions/questions.ts';
import type {Resource} from '#model/resource.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {aptSource} from '#resources/apt/apt-source.ts';
import {debFiles} from '#resources/apt/deb-files.ts';

/** Who packages it calls it as they like: Ubuntu's, and its makers' own. */
const servers = {
	'mongodb-server': {conf: '/etc/mongodb.conf', unitName: 'mongodb.service'},
	'mongodb-org-server': {conf: '/etc/mongod.conf', unitName: 'mongod.service'},
} as const;

export const mongodbFrom = z
	.discriminatedUnion('by', [
		z.strictObject({
			by: z.literal('archive').meta({title: 'From an archive of packages'}),
			archive: url({protocols: ['https', 'http']})
				.default('http://archive.ubuntu.com/ubuntu')
				.meta({
					title: 'Archive',
					help: 'Ubuntu 20.04 has MongoDB 3.6, which runs on Debian 12 and 13.',
					from: 'setup',
				}),
			suite: oneLine({max: 60}).default('focal').meta({title: 'Suite', help: 'Its code name.', from: 'setup'}),
			key: z
				.discriminatedUnion('from', [
					z.strictObject({
						from: z.literal('package').meta({
							title: "Ubuntu's, from its package ubuntu-keyring",
							help: "Debian 13 has it; on Debian 12 it comes from there, signed by Debian's own keys.",
						}),
					}),
					z.strictObject({
						from: z.literal('file').meta({title: 'A file of yours'}),
						keyring: absolutePath().meta({
							reads: 'path',
							title: 'File of keys',
							help: 'They alone may sign that archive.',
							example: '/usr/share/keyrings/archive.gpg',
						}),
					}),
				])
				.prefault({from: 'package'})
				.meta({
					title: 'Keys that may sign it',
					help: 'Nothing is installed that they did not sign.',
					from: 'setup',
				}),
		}),
		z.strictObject({
			by: z.literal('packages').meta({title: 'From packages in a directory of this host'}),
			directory: absolutePath().meta({
				reads: 'path',
				title: 'Directory of .deb files',
				help: "Every package in it is installed, with what this release has of what they need. Nothing signs them: they must be root's.",
				example: '/srv/mongodb',
			}),
			server: z.enum(['mongodb-server', 'mongodb-org-server']).default('mongodb-server').meta({
				title: 'The server among them',
				help: "mongodb-server is Ubuntu's and the older Debians', mongodb-org-server that of its makers.",
				from: 'setup',
			}),
		}),
		z.strictObject({
			by: z.literal('existing').meta({title: 'A server that runs already'}),
			host: hostOrAddress().meta({title: 'Server', help: 'As CC-Server reaches it.', example: '127.0.0.1'}),
			port: port().default(27_017).meta({title: 'Port', help: 'Of MongoDB.', from: 'guide'}),
		}),
	])
	.prefault({by: 'archive'})
	.meta({
		title: 'Where MongoDB comes from',
		help: 'A server that speaks as MongoDB 3.4 to 4.4 does.',
		from: 'setup',
	});

type From = Exclude<z.output<typeof mongodbFrom>, {readonly by: 'existing'}>;

/** What it is called, and where its file lies. */
export const serverOf = (from: From) => servers[from.by === 'packages' ? from.server : 'mongodb-server'];

/** Done when the server is there with its file, which starts it as it is shipped: on this host alone. */
export const installMongodb = (from: From, conf: string, codename: string): readonly Resource[] => {
	const ready = ['done:requirements', 'done:dpkg-consistent'] as const;
	const provides = [`path:${conf}`, 'done:mongodb-installed'] as const;
	if (from.by === 'packages')
		return [debFiles({directory: from.directory, names: [from.server]}, {id: 'apt:mongodb', needs: ready, provides})];
	const packaged = from.key.from === 'package';
	const keyring = from.key.from === 'file' ? from.key.keyring : '/usr/share/keyrings/ubuntu-archive-keyring.gpg';
	const borrowed = packaged && ['bullseye', 'bookworm'].includes(codename);
	return [
		...(borrowed
			? aptSource(
					{
						name: 'debian-trixie',
						uri: 'http://deb.debian.org/debian',
						suite: 'trixie',
						components: ['main'],
						keyring: '/usr/share/keyrings/debian-archive-keyring.gpg',
					},
					{needs: ['done:requirements']},
				)
			: []),
		...(packaged
			? [
					aptPackages(
						{names: ['ubuntu-keyring'], recommends: false},
						{
							id: 'apt:ubuntu-keyring',
							needs: [...ready, ...(borrowed ? (['done:apt-source:debian-trixie'] as const) : [])],
							provides: ['done:mongodb-key'],
						},
					),
				]
			: []),
		...aptSource(
			{name: `mongodb-${from.suite}`, uri: from.archive, suite: from.suite, components: ['main', 'universe'], keyring},
			{needs: [...ready, ...(packaged ? (['done:mongodb-key'] as const) : [])]},
		),
		aptPackages(
			{names: ['mongodb-server'], recommends: false},
			{id: 'apt:mongodb', needs: [...ready, `done:apt-source:mongodb-${from.suite}`], provides},
		),
	];
};
