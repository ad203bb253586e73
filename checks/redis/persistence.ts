/** Snapshots come back by themselves: Redis 7 takes three of its own when its file names none, so the guide's "comment the lines out" no longer stops them. */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {redisConf, redisFile, redisLine, savesOf} from '#host/redis/file.ts';
import {redisNow} from '#host/redis/now.ts';
import {isSeen, see, there} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, type Seen, type Sight} from '#model/finding.ts';
import type {Resource} from '#model/resource.ts';
import type {Unknown} from '#model/unknown.ts';
import {edit} from '#resources/files/edit.ts';
import {unit} from '#resources/units/unit.ts';

/** `next`: written from the next start on; `still`: until it. `save`: the times, as they are in force. */
type Written = {readonly when: 'now' | 'next' | 'still'; readonly save: string};

const off = (id: string, key: string, value: string): readonly Resource[] => [
	edit(
		{path: redisConf, format: 'redis.conf', settings: [{key, value: [value]}]},
		{owes: [{unit: 'redis-server.service', do: 'restart'}], id: `edit:${redisConf}:${id}`},
	),
	unit({name: 'redis-server.service', running: true, files: [redisConf]}, {needs: [`path:${redisConf}`]}),
];

const told = ({when}: Written, what: string, detail = ''): string =>
	({
		now: `${what}${detail}`,
		next: `off in the process only: after its next start ${what}`,
		still: `changed in the file, not in the process: ${what} until Redis restarts`,
	})[when];

const kinds = defineKinds({
	snapshots: {
		state: 'warn',
		example: {when: 'now', save: '3600 1'} as Written,
		says: written => told(written, 'snapshots are written', ` (save ${written.save})`),
		remedy: ({when}) => ({
			sentence:
				when === 'still'
					? 'Restart Redis, when its clients can bear it. What it holds in memory only is lost in a restart.'
					: `Have the one line save "" in ${redisConf} instead of its save lines (commenting them out does not stop Redis 7), then restart Redis. What it holds in memory only is lost in a restart.`,
		}),
		fix: () => off('snapshots', 'save', ''),
	},
	appendOnly: {
		state: 'warn',
		example: {when: 'now', save: 'yes'} as Written,
		says: written => told(written, 'every write goes to a file'),
		remedy: ({when}) => ({
			sentence:
				when === 'still'
					? 'Restart Redis, when its clients can bear it.'
					: `Set appendonly no in ${redisConf}, then restart Redis.`,
		}),
		fix: () => off('append-only-file', 'appendonly', 'no'),
	},
});

export const check = defineCheck({
	id: 'redis.persistence',
	title: 'Redis writes nothing to disk',
	why: 'WebLab-Deusto uses Redis as a queue in memory: every snapshot adds latency and keeps nothing that anybody needs. Redis 7 takes snapshots although no save line is in its file; it takes save "" to stop them. Where Redis holds data that must survive a restart, waive this.',
	reads: [`${redisConf} and the files it includes: save, appendonly`, 'CONFIG GET save, CONFIG GET appendonly'],
	severity: 'warn',
	wish: true,
	layers: ['file', 'runtime'],
	requires: ['redis.running'],
	source:
		'WebLab-Deusto guide, "Installing external systems", GNU/Linux: save lines of redis.conf; Redis documentation, "Redis persistence"',
	verify: 'redis-cli CONFIG GET save (an empty value) and redis-cli CONFIG GET appendonly (no)',
	facts: {packages, file: redisFile, now: redisNow},
	kinds,
	appliesTo: ({facts}) =>
		isInstalled(facts.packages.all.get('redis-server'))
			? there(facts, ['file', 'now'])
			: 'redis-server is not installed',
	async inspect({facts}) {
		const fileLayer = (look: (file: Exclude<typeof facts.file, 'absent'>) => Seen): Promise<Seen | Unknown> =>
			see(() => look(facts.file));
		const runtimeLayer = (name: string): Promise<Seen | Unknown> =>
			see(() => ({
				value: facts.now.settings.get(name) ?? '',
				where: `CONFIG GET ${name}`,
			}));
		const [saves, savesNow, aof, aofNow] = await Promise.all([
			fileLayer(savesOf),
			runtimeLayer('save'),
			fileLayer(file => ({
				value: redisLine(file, 'appendonly')?.words[0]?.toLowerCase() ?? 'no',
				where: redisLine(file, 'appendonly')?.where ?? file.path,
			})),
			runtimeLayer('appendonly'),
		]);
		return [judged('snapshots', saves, savesNow), judged('appendOnly', aof, aofNow)];
	},
});

const judged = (
	is: 'snapshots' | 'appendOnly',
	file: Seen | Unknown,
	runtime: Seen | Unknown,
): FoundOf<typeof kinds> => {
	const wanted = is === 'snapshots' ? '' : 'no';
	const sight: Sight = {
		item: is === 'snapshots' ? is : 'append-only-file',
		expected: wanted,
		layers: {file, runtime},
	};
	const inFile = isSeen(file) ? file.value : undefined;
	const now = isSeen(runtime) ? runtime.value : undefined;
	const good = (value: unknown): boolean => value === undefined || value === wanted;
	if (good(inFile) && good(now)) return {...sight, is: 'ok'};
	const when = !good(inFile) && now === wanted ? 'next' : inFile === wanted ? 'still' : 'now';
	return {...sight, is, data: {when, save: String(now ?? inFile)}};
};
