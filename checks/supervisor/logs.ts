/** supervisor rotates what its programs print, unless somebody switched that off: then a chatty program fills the disk. */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {isSeen, see, there} from '#host/see.ts';
import {programsOf, type SupervisorFile, supervisorConf, supervisorFile} from '#host/supervisor/file.ts';
import {type SupervisorProcess, supervisorNow} from '#host/supervisor/now.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';

const kinds = defineKinds({
	endless: {
		state: 'warn',
		/** `path`: empty where it is not known. */
		example: {stream: 'weblab stdout', path: '/var/log/supervisor/weblab.log'},
		says: ({path}) => `${path === '' ? 'its log' : path} grows without a limit`,
		remedy: ({stream}) => ({
			sentence: `Set the maxbytes of ${stream} to a size such as 50MB (or rotate the file with logrotate and waive this), then supervisorctl update.`,
		}),
	},
});

export const check = defineCheck({
	id: 'supervisor.logs',
	title: 'The logs under supervisor are rotated',
	why: 'A log file without a limit grows until the disk is full, and then everything on the host fails. supervisor keeps ten files of 50 MB unless told otherwise.',
	reads: [
		`${supervisorConf} and the files it includes: stdout_logfile_maxbytes, stderr_logfile_maxbytes, logfile_maxbytes`,
		'supervisor.getAllConfigInfo over its Unix socket',
	],
	severity: 'warn',
	layers: ['file', 'runtime'],
	requires: ['supervisor.running'],
	source:
		'WebLab-Deusto guide, "Deployment", step 3 (log rotation); supervisor documentation, "[program:x] Section Settings"',
	verify: 'grep -r maxbytes /etc/supervisor',
	facts: {packages, file: supervisorFile, now: supervisorNow},
	kinds,
	appliesTo: ({facts}) =>
		isInstalled(facts.packages.all.get('supervisor')) ? there(facts, ['now', 'file']) : 'supervisor is not installed',
	async inspect({facts}) {
		const file = await see(() => ({value: 'read', where: supervisorConf}));
		const runtime = await see(() => ({
			value: facts.now.length,
			where: 'supervisor.getAllConfigInfo',
		}));
		const inFile = isSeen(file) ? unlimitedInFile(facts.file) : [];
		const inProcess = isSeen(runtime) ? unlimitedNow(facts.now) : [];
		const items = [...new Set([...inFile, ...inProcess].map(({item}) => item))];
		return findings(
			items.map((item): FoundOf<typeof kinds> => {
				const [written, running] = [inFile.find(one => one.item === item), inProcess.find(one => one.item === item)];
				const path = running?.path ?? written?.path ?? '';
				return {
					item,
					is: 'endless',
					data: {stream: item, path},
					expected: 'a limit above 0',
					layers: {
						file: isSeen(file) ? {value: written ? 0 : 'limited', where: written?.where ?? supervisorConf} : file,
						runtime: isSeen(runtime) ? {value: running ? 0 : 'limited', where: runtime.where} : runtime,
					},
				};
			}),
			{is: 'ok', expected: 'a limit above 0', layers: {file, runtime}},
		);
	},
});

type Unlimited = {readonly item: string; readonly path: string; readonly where: string};

const streams = ['stdout', 'stderr'] as const;

const isNone = (size: string | undefined): boolean => size !== undefined && /^0\s*([kmg]b)?$/i.test(size.trim());

/** Only files grow: AUTO is one, devices and NONE are not. */
const grows = (path: string): boolean => !/^(\/dev\/|none$|syslog$)/i.test(path);

const unlimitedInFile = (file: SupervisorFile): readonly Unlimited[] => [
	...file.sections
		.filter(({kind, options}) => kind === 'supervisord' && isNone(options.get('logfile_maxbytes')))
		.map(({options, where}) => ({item: 'supervisord', path: options.get('logfile') ?? '', where})),
	...programsOf(file).flatMap(({process, group, options, where}) =>
		streams
			.filter(
				stream =>
					isNone(options.get(`${stream}_logfile_maxbytes`)) && grows(options.get(`${stream}_logfile`) ?? 'AUTO'),
			)
			.map(stream => ({
				item: `${process === group ? process : `${group}:${process}`} ${stream}`,
				path: options.get(`${stream}_logfile`) ?? '',
				where,
			})),
	),
];

const unlimitedNow = (now: readonly SupervisorProcess[]): readonly Unlimited[] =>
	now.flatMap(({shown, settings}) =>
		streams
			.filter(
				stream => settings?.[`${stream}_logfile_maxbytes`] === 0 && grows(String(settings[`${stream}_logfile`] ?? '')),
			)
			.map(stream => ({
				item: `${shown} ${stream}`,
				path: String(settings?.[`${stream}_logfile`] ?? ''),
				where: 'supervisor.getAllConfigInfo',
			})),
	);
