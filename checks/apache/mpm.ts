import {apacheFiles} from '#host/apache/modules.ts';
import {apache, loadedModules} from '#host/apache/now.ts';
import {isSeen, see} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type Sight} from '#model/finding.ts';
import {Blocked} from '#model/unknown.ts';
import {absent} from '#resources/files/absent.ts';
import {symlink} from '#resources/files/symlink.ts';
import {seen} from '../shared/seeing.ts';
import {restarts, startedAnew} from './take-up.ts';

/** `runs`: what the process has, where it is another. */
type Mpm = {readonly written: string; readonly runs: string | undefined};

const differs = ({written, runs}: Mpm): string =>
	`changed in the file, not in the process: ${written} is enabled, ${runs} runs`;

const kinds = defineKinds({
	prefork: {
		state: 'warn',
		example: {written: 'prefork', runs: undefined} as Mpm,
		says: mpm => (mpm.runs === undefined ? 'it runs with the MPM prefork, which no module here needs' : differs(mpm)),
		remedy: {
			sentence: 'Enable the MPM event instead, and restart: a reload cannot change it.',
			commands: [['a2dismod', '-q', 'mpm_prefork'], ['a2enmod', '-q', 'mpm_event'], ...restarts],
		},
		fix: () => {
			const owes = [{unit: 'apache2.service', do: 'restart' as const}];
			const at = '/etc/apache2/mods-enabled/mpm_';
			return [
				...['load', 'conf'].map(kind => absent({path: `${at}prefork.${kind}`}, {owes})),
				...['load', 'conf'].map(kind =>
					symlink({path: `${at}event.${kind}`, target: `../mods-available/mpm_event.${kind}`}, {needs: [], owes}),
				),
			];
		},
	},
	notLoaded: {
		state: 'warn',
		example: {written: 'event', runs: 'prefork'} as Mpm,
		says: differs,
		remedy: {
			sentence: 'Restart Apache: a reload does not change its MPM.',
			commands: restarts,
		},
		fix: startedAnew,
	},
});

/** One process for each visitor is what only PHP inside Apache needs. */
export const check = defineCheck({
	id: 'apache.mpm',
	title: 'Apache serves with threads (worker or event) where no PHP is',
	why: 'With the MPM prefork each visitor costs a process, and with many students at once the memory ends. Only PHP as a module of Apache needs it; installing that once changes the MPM, and nothing changes it back.',
	reads: [
		'/etc/apache2/mods-enabled/mpm_*.load, php*.load',
		'/proc/PID/maps of the running process: the MPM it has loaded',
	],
	severity: 'warn',
	layers: ['file', 'runtime'],
	source: 'weblab-deusto: Installing Apache (apache2-mpm-worker)',
	verify: 'apache2ctl -V | grep MPM',
	facts: {apache, files: apacheFiles},
	kinds,
	appliesTo: ({facts}) => {
		if (!facts.apache.installed) return 'apache2 is not installed';
		const {files} = facts;
		const php =
			files !== undefined &&
			!('because' in files) &&
			[...files.modules.keys()].some(name => /^php\d*(\.\d+)?$/.test(name));
		return !php || 'PHP is a module of Apache here, which needs the MPM prefork';
	},
	async inspect({host, facts}) {
		const {files} = facts;
		if (files === undefined || 'because' in files)
			throw new Blocked(files ?? {because: 'unreadable', need: '/etc/apache2'});
		const [written, where] = [...files.modules].find(([name]) => name.startsWith('mpm_')) ?? [
			'none',
			'/etc/apache2/mods-enabled',
		];
		const runtime = await see(async () => {
			const found = (await loadedModules(facts.apache, host)).filter(name => name.startsWith('mpm_'));
			return seen(found.map(plain).join(', ') || 'built in', `/proc/${facts.apache.running?.main.pid}/maps`);
		});
		const bad = [plain(written), ...(isSeen(runtime) ? [String(runtime.value)] : [])].filter(
			name => name === 'prefork',
		);
		const pending = isSeen(runtime) && runtime.value !== plain(written) && runtime.value !== 'built in';
		const name = plain(written);
		const sight: Sight = {expected: 'event or worker', layers: {file: seen(name, where), runtime}};
		if (bad.length === 0 && !pending) return [{...sight, is: 'ok', says: `it runs with the MPM ${name}`}];
		const data = {written: name, runs: pending ? String(runtime.value) : undefined};
		return [name === 'prefork' ? {...sight, is: 'prefork', data} : {...sight, is: 'notLoaded', data}];
	},
});

const plain = (name: string): string => name.replace(/^mpm_/, '');
