import {apacheFiles} from '#host/apache/modules.ts';
import {apache, loadedModules} from '#host/apache/now.ts';
import {isSeen, see} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {Blocked} from '#model/unknown.ts';
import {absent} from '#resources/files/absent.ts';
import {symlink} from '#resources/files/symlink.ts';
import {seen} from '../shared/seeing.ts';

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
		return [
			{
				state: bad.length > 0 || pending ? 'warn' : 'ok',
				says: pending
					? `changed in the file, not in the process: ${plain(written)} is enabled, ${String(runtime.value)} runs`
					: `it runs with the MPM ${plain(written)}${bad.length > 0 ? ', which no module here needs' : ''}`,
				expected: 'event or worker',
				layers: {file: seen(plain(written), where), runtime},
			},
		];
	},
	remedy: () => ({
		sentence: 'Enable the MPM event instead, and restart: a reload cannot change it.',
		commands: [
			['a2dismod', '-q', 'mpm_prefork'],
			['a2enmod', '-q', 'mpm_event'],
			['apache2ctl', 'configtest'],
			['systemctl', 'restart', 'apache2.service'],
		],
	}),
	fix: ({layers}) => {
		const owes = [{unit: 'apache2.service', do: 'restart' as const}];
		const from = isSeen(layers.file) ? String(layers.file.value) : 'prefork';
		const to = from === 'prefork' ? 'event' : from;
		const at = '/etc/apache2/mods-enabled/mpm_';
		const gone = from === to ? [] : ['load', 'conf'].map(kind => absent({path: `${at}${from}.${kind}`}, {owes}));
		return [
			...gone,
			...['load', 'conf'].map(kind =>
				symlink({path: `${at}${to}.${kind}`, target: `../mods-available/mpm_${to}.${kind}`}, {needs: [], owes}),
			),
		];
	},
});

const plain = (name: string): string => name.replace(/^mpm_/, '');
