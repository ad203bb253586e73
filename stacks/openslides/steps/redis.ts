import {z} from 'zod';
import {redisConf} from '#host/redis/file.ts';
import {redisPort} from '#host/redis/may-connect.ts';
import {defineStep} from '#model/step.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {directory} from '#resources/files/directory.ts';
import {edit} from '#resources/files/edit.ts';
import {file} from '#resources/files/file.ts';
import {tcpAnswers} from '#resources/network/tcp-answers.ts';
import {redisAsInFile} from '#resources/redis/as-in-file.ts';
import {unit, unitFile} from '#resources/units/unit.ts';
import {portFree} from '#steps/probes/port-free.ts';
import {redisAccounts, redisAccountsProbe, redisAccountsQuestions} from '#steps/shared/redis-accounts.ts';
import {afterAddress} from './network-files.ts';

const redis = 'redis-server.service';
const sysctl = '/etc/sysctl.d/60-openslides-redis.conf';
const dropIn = `${redis}.d/openslides.conf`;

/** Redis, for the instances in their containers. */
export const redisForContainers = defineStep({
	id: 'redis',
	title: 'Redis',
	about:
		"Listens on this host and on the container network, and starts after that network at boot: on an address that is not there it does not start at all. Protected mode is off, because with it Redis 7 refuses everybody but the loopback, and the instances' settings have no password; so the rules of the container network shut the port to everybody else, and others keep accounts of this host from it.",
	guide: 'OpenSlides: Configure Redis',
	uses: {network: 'containerNetwork'},
	questions: z.strictObject({
		keeps: z.enum(['as-it-is', 'nothing']).default('as-it-is').meta({
			title: 'What Redis writes to disk',
			help: "Instances keep sessions and caches there. 'nothing': who is logged in logs in anew after a boot.",
			from: 'guide',
		}),
		overcommit: z.boolean().default(false).meta({
			title: 'Let the kernel promise more memory than it has',
			help: 'vm.overcommit_memory = 1, as Redis asks for it: else it cannot save any more when half the memory is full. It is for all programs of this host.',
			from: 'setup',
		}),
		alsoLet: redisAccountsQuestions.alsoLet,
	}),
	probes: ({alsoLet}, {uses: {network}}) => [
		portFree(redisPort, {ours: ['redis-server'], about: []}),
		...(network.shut === undefined ? [] : [redisAccountsProbe({shut: true, alsoLet}, [], ['alsoLet'])]),
	],
	expects: ({alsoLet}, {uses: {network}}) => ({
		'redis.bind': network.address,
		...(network.shut !== undefined && {'redis.protection': 'openslides', 'redis.accounts': alsoLet}),
	}),
	resources: ({keeps, overcommit, alsoLet}, {uses: {network}}) => {
		const bind = ['127.0.0.1', '-::1', network.address];
		return [
			aptPackages(
				{names: ['redis-server'], recommends: false},
				{id: 'apt:redis', needs: ['done:requirements', 'done:dpkg-consistent'], provides: [`path:${redisConf}`]},
			),
			// It has no account of this host use it: the containers come by their bridge.
			...(network.shut === undefined
				? [directory({path: `/etc/systemd/system/${redis}.d`, mode: 0o755, owner: 'root:root'})]
				: redisAccounts(alsoLet)),
			unitFile({name: dropIn, text: afterAddress(network.unit)}),
			edit(
				{
					path: redisConf,
					format: 'redis.conf',
					settings: [
						{key: 'bind', words: bind.map(word => [word])},
						{key: 'protected-mode', value: ['no']},
						...(keeps === 'nothing'
							? [
									{key: 'save', value: ['']},
									{key: 'appendonly', value: ['no']},
								]
							: []),
					],
				},
				{
					needs: [network.ready, ...(network.shut === undefined ? [] : [network.shut])],
					owes: [{unit: redis, do: 'restart'}],
					provides: ['done:redis-file'],
				},
			),
			unit(
				{name: redis, enabled: true, running: true, files: [redisConf]},
				{
					needs: [
						'done:redis-file',
						`path:/etc/systemd/system/${dropIn}`,
						...(network.shut === undefined ? [] : (['done:redis-shut'] as const)),
					],
				},
			),
			redisAsInFile(
				{
					settings: {
						bind: bind.join(' '),
						'protected-mode': 'no',
						...(keeps === 'nothing' && {save: '', appendonly: 'no'}),
					},
				},
				{needs: ['done:redis-file']},
			),
			...(overcommit
				? [
						file(
							{
								path: sysctl,
								text: '# Written by setup, for Redis.\nvm.overcommit_memory = 1\n',
								mode: 0o644,
								owner: 'root:root',
							},
							{needs: ['path:/etc/sysctl.d']},
						),
						unit({name: 'systemd-sysctl.service', running: true, files: [sysctl]}, {needs: [`path:${sysctl}`]}),
					]
				: []),
			tcpAnswers(
				{name: 'Redis', host: network.address, port: redisPort, say: 'PING\r\n', expect: '+PONG'},
				{needs: ['done:redis']},
			),
		];
	},
});
