/** A hole in an application that runs as root is a hole in the host. */
import {dirname} from 'node:path';
import {ownFile} from '#host/files/own-program.ts';
import {isContained, isRootsOwn, type Process, processTable, programOf, serviceOf} from '#host/system/process-table.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';

const kinds = defineKinds({
	asRoot: {
		state: 'fail',
		example: {program: 'gunicorn', processes: 1, service: 'site.service' as string | undefined},
		says: ({program, processes}) => `${program} runs as root${processes > 1 ? ` (${processes} processes)` : ''}`,
		remedy: ({service}) => ({
			sentence:
				service === undefined
					? 'Start it from a unit with User= and Group= of its own.'
					: `Set User= and Group= in ${service} (systemctl edit ${service}) to a user of its own that owns what it writes; AmbientCapabilities= gives it single rights.`,
		}),
	},
});

export const check = defineCheck({
	id: 'host.root-processes',
	title: 'No application runs as root',
	why: 'Whoever makes an application do what it should not becomes the user it runs as. Application servers need no root: what they need (a port below 1024, chown) is a capability or a socket.',
	reads: ['/proc/PID/status, cmdline: effective user and program of every process'],
	severity: 'fail',
	layers: ['kernel'],
	source:
		'uWSGI documentation, "Things to know": never run as root; Gunicorn documentation, "Deploying"; systemd.exec(5), User=',
	verify: 'ps -eo user,args shows no gunicorn, uwsgi, node or python application of root.',
	facts: {processTable},
	kinds,
	async inspect({facts}) {
		const all = [...facts.processTable.values()];
		const ours = oursIn(facts.processTable);
		const found = all.flatMap(one => {
			const kind = isRootsOwn(one) && !isContained(one) && !ours.has(one.pid) ? applicationIn(one) : undefined;
			return kind === undefined || dropsRoot(one, all) ? [] : [{one, kind}];
		});
		const services = [...Map.groupBy(found, ({one, kind}) => serviceOf(one) ?? kind)];
		if (services.length === 0)
			return [{is: 'ok', expected: [], layers: {kernel: {value: [], where: '/proc/PID/status'}}}];
		return findings(
			services.map(([item, some]) =>
				finding(
					item,
					some.map(({one}) => one),
					some[0]!.kind,
				),
			),
		);
	},
});

const finding = (item: string, some: readonly Process[], kind: string): FoundOf<typeof kinds> => ({
	item,
	is: 'asRoot',
	data: {program: kind, processes: some.length, service: some[0] && serviceOf(some[0])},
	expected: 'a user of its own',
	layers: {kernel: {value: 'root', where: `/proc/${some[0]?.pid}/status: ${some[0]?.argv.slice(0, 3).join(' ')}`}},
});

/** What serves an application, by its program and the first arguments; undefined for all else. */
export const applicationIn = ({argv, name}: Pick<Process, 'argv' | 'name'>): string | undefined => {
	const words = argv.slice(0, 4);
	const base = (word = ''): string => word.slice(word.lastIndexOf('/') + 1);
	const program = base(words[0]?.split(' ')[0]).replace(/[:\d.]+$/, '');
	const known = [
		'gunicorn',
		'uwsgi',
		'uwsgi-core',
		'daphne',
		'uvicorn',
		'hypercorn',
		'celery',
		'waitress-serve',
		'node',
		'nodejs',
		'puma',
		'unicorn',
		'php-fpm',
	];
	if (known.includes(program) || known.includes(name)) return known.find(one => one === program || one === name);
	if (!/^(python|pypy)/.test(program)) return undefined;
	const script = words.slice(1).map(base);
	const server = script.find(word => known.includes(word));
	if (server !== undefined) return server;
	return script.find(word => /^(manage\.py|wsgi\.py|app\.py|runserver|http\.server|flask)$/.test(word)) === undefined
		? undefined
		: `python ${script.filter(word => !word.startsWith('-'))[0]}`;
};

/** A master that only holds sockets and starts workers of another user is as it should be. */
const dropsRoot = (one: Process, all: readonly Process[]): boolean =>
	all.some(child => child.parent === one.pid && child.uid !== 0);

/** This process and who started it, and whatever else of ours runs by the same interpreter: the wizard, the run that installs. */
const oursIn = (table: ReadonlyMap<number, Process>): ReadonlySet<number> => {
	const found = ancestorsOf(process.pid, table);
	const program = programOf(process.pid);
	const folder = `${dirname(ownFile())}/`;
	const same = [...table.values()].filter(
		({pid, argv, uid, realUid}) =>
			uid === 0 && realUid === 0 && argv.some(word => word.startsWith(folder)) && programOf(pid) === program,
	);
	return new Set([...found, ...same.map(({pid}) => pid)]);
};

const ancestorsOf = (pid: number, table: ReadonlyMap<number, Process>): ReadonlySet<number> => {
	const found = new Set([pid]);
	for (let at = table.get(pid); at !== undefined && at.parent > 0 && !found.has(at.parent); at = table.get(at.parent))
		found.add(at.parent);
	return found;
};
