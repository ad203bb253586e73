/** A process that runs needs its file no more: that somebody moved, removed or closed it shows at the next start, often the next boot. */
import {dirname} from 'node:path';
import type {AppServer} from '#host/app-servers/app-server.ts';
import {appServers} from '#host/app-servers/app-servers.ts';
import {isContained, processTable, serviceOf} from '#host/system/process-table.ts';
import {accountsHere} from '#host/units/accounts-here.ts';
import {unitState} from '#host/units/units.ts';
import {serviceLine, type WrittenService, writtenServices} from '#host/units/written.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';

const example = {unit: 'slapd.service', program: '/usr/sbin/slapd'};

const kinds = defineKinds({
	gone: {
		state: 'fail',
		example,
		says: ({unit, program}) => `${unit} does not start again: ${program} is not there`,
		remedy: ({program}) => ({
			sentence: `See which package has it (dpkg -S ${program}) and install that one anew (apt-get install --reinstall), or bring back what was moved.`,
		}),
	},
	notExecutable: {
		state: 'fail',
		example,
		says: ({unit, program}) => `${unit} does not start again: ${program} is not executable`,
		remedy: ({program}) => ({
			sentence: 'Give it back its mode; see what else was changed with it.',
			commands: [['chmod', '755', program]],
		}),
	},
	noAccount: {
		state: 'fail',
		example: {unit: 'site.service', name: 'site', where: '/etc/systemd/system/site.service:7'},
		says: ({unit, name}) => `${unit} does not start again: it runs as ${name}, and there is no such account`,
		remedy: ({name, where, unit}) => ({
			sentence: `Make the account again with the number that owns its files (useradd --system --uid NUMBER ${name}), or name another one (${where}); then systemctl restart ${unit}.`,
		}),
	},
	noEnvironment: {
		state: 'fail',
		example: {unit: 'site.service', path: '/etc/default/site', where: '/etc/systemd/system/site.service:8'},
		says: ({unit, path}) => `${unit} does not start again: the file of its environment is not there (${path})`,
		remedy: ({path, where}) => ({
			sentence: `Bring ${path} back, with what its program wants in it; where it can do without, write EnvironmentFile=-${path} (${where}), then systemctl daemon-reload.`,
		}),
	},
	plugin: {
		state: 'fail',
		example: {
			unit: 'uwsgi.service',
			server: 'shop',
			plugin: 'python3',
			path: '/usr/lib/uwsgi/plugins/python3_plugin.so',
			where: '/etc/uwsgi/apps-enabled/shop.ini:3',
			others: ['python311'] as readonly string[],
		},
		says: ({server, plugin, path}) =>
			`${server} serves nothing after its next start: the plugin ${plugin} of uwsgi is gone (${path})`,
		remedy: ({plugin, where, others}) => ({
			sentence: `Install it again (apt-get install uwsgi-plugin-${plugin.replace(/_/g, '-')}); where a release has it by another name${others.length === 0 ? '' : ` (there: ${others.join(', ')})`}, write that at ${where}.`,
		}),
	},
});

export const check = defineCheck({
	id: 'services.programs',
	title: 'The programs of services are there for their next start',
	why: 'What runs has its program in memory. A file that was moved, removed or lost its x bit since is noticed by nobody until the service is started anew.',
	reads: [
		'ExecStart=, ExecStartPre=, User= and EnvironmentFile= of the services that run or start at boot',
		'the programs that processes of services with an init script were started by',
		'plugin= of each uwsgi, and /usr/lib/uwsgi/plugins',
	],
	severity: 'fail',
	layers: ['file'],
	source: 'systemd.service(5), ExecStart=',
	verify: 'systemctl show -P ExecStart UNIT; ls -l PROGRAM',
	facts: {services: writtenServices, processes: processTable, servers: appServers},
	kinds,
	async inspect({host, facts}) {
		const started = facts.services.flatMap(service =>
			programsOf(service).map(program => ({unit: service.name, program})),
		);
		// An init script says nothing of the program behind it; the process does. Others may start by another path than what runs now had.
		const written = new Set(facts.services.map(({name}) => name));
		const scripts = new Set((await host.list('/etc/init.d')) ?? []);
		const running = [...facts.processes.values()].flatMap(one => {
			const [unit = '', program = ''] = [serviceOf(one), one.argv[0]];
			const scripted = !written.has(unit) && scripts.has(unit.replace(/\.service$/, ''));
			return scripted && !isContained(one) && plain.test(program) ? [{unit, program}] : [];
		});
		const all = new Map([...started, ...running].map(one => [`${one.unit} ${one.program}`, one]));
		const found = await Promise.all([...all.values()].map(one => wrongOf(host, one)));
		const isAccount = await accountsHere(host);
		const needs = await Promise.all(facts.services.map(service => withoutNeeds(host, service, isAccount)));
		const plugins = await Promise.all(facts.servers.map(server => withoutPlugin(host, server)));
		return findings<FoundOf<typeof kinds>>(
			[...found.filter(one => one !== undefined), ...needs.flat(), ...plugins.flat()],
			{
				is: 'ok',
				says: `${all.size} programs`,
				expected: [],
				layers: {file: {value: all.size, where: 'ExecStart='}},
			},
		);
	},
});

/** It starts without one that is not there, and then speaks no language at all. */
const withoutPlugin = async (
	host: Reader,
	{item, unit, plugins = []}: AppServer,
): Promise<readonly FoundOf<typeof kinds>[]> => {
	if (unit === undefined || plugins.length === 0) return [];
	const there = await Promise.all(
		plugins.map(({paths}) => Promise.all(paths.map(path => host.stat(path, {follow: true})))),
	);
	const gone = plugins.filter((_one, at) => there[at]?.every(stat => stat === undefined));
	if (gone.length === 0) return [];
	const {active, enabled} = await unitState(unit, host);
	if (active !== 'active' && enabled !== true) return [];
	return Promise.all(
		gone.map(async ({name, where, paths}) => {
			const path = paths.at(-1) ?? paths[0];
			const others = ((await host.list(dirname(path))) ?? [])
				.filter(file => file.startsWith(name.replace(/\d+$/, '')))
				.map(file => file.replace(/_plugin\.so$/, ''));
			return {
				item: `${item} ${name}`,
				is: 'plugin' as const,
				data: {unit, server: item, plugin: name, path, where, others},
				expected: 'there',
				layers: {file: {value: 'not there', where: path}},
			};
		}),
	);
};

const plain = /^\/[\w@+./-]+$/;

/** Whose failure counts, and whose name is a path of this host: without `-`, a root of its own, specifiers and variables. */
const programsOf = ({lines}: WrittenService): readonly string[] =>
	lines.some(({key}) => /^Root(Directory|Image)$|^(BindPaths|BindReadOnlyPaths|MountImages|ExtensionImages)$/.test(key))
		? []
		: lines
				.filter(({key, value}) => (key === 'ExecStart' || key === 'ExecStartPre') && !/^[@+!:|]*-/.test(value))
				.map(({value}) => value.replace(/^[@+!:|]+/, '').split(/\s/)[0] ?? '')
				.filter(program => plain.test(program));

/** An account that is gone, a file of variables that is gone: systemd gives up before the program is started. */
const withoutNeeds = async (
	host: Reader,
	service: WrittenService,
	isAccount: (name: string) => boolean,
): Promise<readonly FoundOf<typeof kinds>[]> => {
	const unit = service.name;
	const user = serviceLine(service, 'User');
	const dynamic = /^(yes|true|on|1)$/i.test(serviceLine(service, 'DynamicUser')?.value ?? '');
	const nobodys = user !== undefined && !dynamic && /^[a-z_][\w-]*$/i.test(user.value) && !isAccount(user.value);
	const files = service.lines.filter(({key, value}) => key === 'EnvironmentFile' && plain.test(value));
	const stats = await Promise.all(files.map(({value}) => host.stat(value, {follow: true})));
	const gone = files.filter((_one, at) => stats[at] === undefined);
	if ((!nobodys && gone.length === 0) || !(await counts(unit, host))) return [];
	return [
		...(nobodys
			? [
					{
						item: `${unit} ${user.value}`,
						is: 'noAccount' as const,
						data: {unit, name: user.value, where: user.where},
						expected: 'there',
						layers: {file: {value: 'no such account', where: user.where}},
					},
				]
			: []),
		...gone.map(({value: path, where}) => ({
			item: `${unit} ${path}`,
			is: 'noEnvironment' as const,
			data: {unit, path, where},
			expected: 'there',
			layers: {file: {value: 'not there', where: path}},
		})),
	];
};

/** It runs, or a boot starts it. */
const counts = async (unit: string, host: Reader): Promise<boolean> => {
	const {active, enabled, files} = await unitState(unit, host);
	return active === 'active' || (enabled === true && files.length > 0);
};

const wrongOf = async (host: Reader, {unit, program}: typeof example): Promise<FoundOf<typeof kinds> | undefined> => {
	const at = await host.stat(program, {follow: true});
	if (at?.kind === 'file' && (at.mode & 0o111) !== 0) return undefined;
	if (!(await counts(unit, host))) return undefined;
	const is = at === undefined ? 'gone' : 'notExecutable';
	return {
		item: `${unit} ${program}`,
		is,
		data: {unit, program},
		expected: 'there, executable',
		layers: {file: {value: at === undefined ? 'not there' : `mode 0${at.mode.toString(8)}`, where: program}},
	};
};
