/** How this host reaches others: asked once, first in every stack, and meant for every program that fetches something. */
import {z} from 'zod';
import {mirrorPair, oneLine, secret, url} from '#answers/questions/questions.ts';
import {hostProxy} from '#host/outgoing/host-proxy.ts';
import type {Proxy} from '#model/outgoing.ts';
import {defineStep} from '#model/step.ts';
import {proxyFile} from '#resources/network/proxy-file.ts';
import {serverAnswers} from './probes/server.ts';

/** Where systemd's own files are; root's alone, for it may hold a password. */
const proxyVariables = '/etc/systemd/host-setup-proxy.env';

const loginQuestion = z
	.discriminatedUnion('by', [
		z.strictObject({by: z.literal('none').meta({title: 'It wants none'})}),
		z.strictObject({
			by: z.literal('password').meta({title: 'A user and a password'}),
			user: oneLine({max: 200}).meta({title: 'User', help: 'As the proxy knows it.', example: 'host12'}),
			password: secret({min: 1, generate: 'never'}).meta({
				title: 'Password of the proxy',
				help: 'Programs that fetch get it in their environment, and no others.',
			}),
		}),
	])
	.prefault({by: 'none'})
	.meta({title: 'Login at the proxy', help: 'Where it lets nobody through without.', from: 'setup'});

const proxyQuestion = z
	.discriminatedUnion('use', [
		z.strictObject({
			use: z.literal('host').meta({
				title: 'As this host is set up',
				help: "What https_proxy says, else apt's configuration, else pip's; else none.",
			}),
		}),
		z.strictObject({use: z.literal('none').meta({title: 'None, whatever this host says'})}),
		z.strictObject({
			use: z.literal('address').meta({title: 'This one'}),
			address: url({protocols: ['http', 'https']}).meta({
				reads: 'server',
				title: 'Address of the proxy',
				help: 'Without a login, which is asked below.',
				example: 'http://proxy.example.org:3128',
			}),
			login: loginQuestion,
			except: z
				.array(oneLine({max: 255}))
				.default([])
				.meta({
					title: 'Hosts that are asked without it',
					help: 'Names, endings such as .example.org, addresses. This host itself always is.',
					example: ['.example.org'],
					from: 'setup',
				}),
		}),
	])
	.prefault({use: 'host'})
	.meta({
		title: 'Proxy',
		help: 'What fetches packages, sources and files goes through it: apt, pip, npm, git, containers that are built, and setup itself.',
		from: 'setup',
		quiet: 'unless hinted',
	});

/** Everything in it may be left out, and on a host that names no proxy nobody is asked: most have none, and an answers file can say it all the same. */
export const fetching = defineStep({
	id: 'fetching',
	title: 'Fetching',
	about:
		'A proxy, and mirrors, for every program that fetches something. What apt fetches from stands in its own sources. Without an answer all is as this host is set up.',
	guide: 'docs/networks.md',
	facts: {proxy: hostProxy},
	questions: z.strictObject({
		proxy: proxyQuestion,
		pip: url().optional().meta({
			title: "Index in the place of pip's own",
			help: "Left out: as pip's configuration says.",
			example: 'https://packages.example.org/simple/',
			quiet: 'unless hinted',
		}),
		npm: url().optional().meta({
			title: "Registry in the place of npm's own",
			help: "Left out: as npm's configuration says.",
			example: 'https://packages.example.org/npm/',
			quiet: 'unless hinted',
		}),
		mirrors: z
			.array(mirrorPair())
			.default([])
			.meta({
				title: 'Mirrors of repositories and files',
				help: 'What begins with the first address is fetched where the second one says, by git and by setup.',
				example: ['https://code.example.org/ https://mirror.example.org/code/'],
				from: 'setup',
				quiet: 'unless hinted',
			}),
	}),
	defaults: ({facts: {proxy}}) => (proxy === undefined ? {} : {proxy: {value: {use: 'host'}, from: proxy.from}}),
	offers: () => ({proxyFile: {path: proxyVariables, made: 'done:proxy-file' as const}}),
	resources: () => [proxyFile({path: proxyVariables})],
	outgoing: ({proxy, pip, npm, mirrors}, {facts}) => ({
		proxy: proxyFor(proxy, facts.proxy),
		...(pip !== undefined && {pip}),
		...(npm !== undefined && {npm}),
		instead: mirrors.map(line => {
			const [of = '', by = ''] = line.split(/ +/);
			return {of, by};
		}),
	}),
	probes: ({proxy}, {facts}) => {
		const found = proxyFor(proxy, facts.proxy);
		if (typeof found === 'string') return [];
		const {hostname, port, protocol} = new URL(found.address);
		const secured = protocol === 'https:';
		return [
			serverAnswers({
				id: 'proxy',
				about: ['proxy'],
				host: hostname.replace(/^\[|\]$/g, ''),
				port: Number(port || (secured ? 443 : 80)),
				...(secured && {tls: 'at once' as const}),
			}),
		];
	},
});

type Answer = z.output<typeof proxyQuestion>;

const proxyFor = (
	answer: Answer,
	host: {readonly proxy: Proxy; readonly inEnvironment: boolean} | undefined,
): Proxy | 'none' | 'as it is' => {
	if (answer.use === 'none') return 'none';
	if (answer.use === 'host') return host === undefined || host.inEnvironment ? 'as it is' : host.proxy;
	const {address, login, except} = answer;
	return {
		address: address.replace(/\/$/, ''),
		...(login.by === 'password' && {login: {user: login.user, password: login.password}}),
		except,
	};
};
