import {apacheFiles} from '#host/apache/modules.ts';
import {apache, loadedModules} from '#host/apache/now.ts';
import {isInstalled, packages} from '#host/apt/packages.ts';
import {everywhere} from '#host/nginx/config.ts';
import {isSeen, see} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings, type Remedy} from '#model/finding.ts';
import type {Resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {symlink} from '#resources/files/symlink.ts';
import {seen} from '../shared/seeing.ts';
import {restarts, startedAnew} from './take-up.ts';

/** `there`: its package is installed; a link to a module that is not there would stop Apache. */
type Module = {readonly name: string; readonly there: boolean};

const example: Module = {name: 'ssl', there: true};

const enable = ({name}: Module): Remedy => ({
	sentence: `Enable it and restart Apache${name === 'wsgi' ? ' (the module is in libapache2-mod-wsgi-py3)' : ''}.`,
	commands: [['a2enmod', '-q', name], ...restarts],
});

/** With those that mod_ssl stands on, as a2enmod has it. */
const linked = ({name: wanted, there}: Module): readonly Resource[] => {
	if (!there) return [];
	const names = wanted === 'ssl' ? ['setenvif', 'mime', 'socache_shmcb', 'ssl'] : [wanted];
	const files = (name: string): readonly string[] => (name === 'socache_shmcb' ? ['load'] : ['load', 'conf']);
	return names.flatMap(name =>
		files(name).map(kind =>
			symlink(
				{path: `/etc/apache2/mods-enabled/${name}.${kind}`, target: `../mods-available/${name}.${kind}`},
				{owes: [{unit: 'apache2.service', do: 'restart'}]},
			),
		),
	);
};

const kinds = defineKinds({
	off: {state: 'warn', example, says: ({name}) => `mod_${name} is not enabled`, remedy: enable, fix: linked},
	notLoaded: {
		state: 'warn',
		example,
		says: ({name}) =>
			`changed in the file, not in the process: mod_${name} is enabled, and the process has not loaded it`,
		remedy: {
			sentence: 'Restart Apache: its files are right.',
			commands: restarts,
		},
		fix: startedAnew,
	},
});

/** The two modules that the guides live from; a package that was installed is not a module that is enabled. */
export const check = defineCheck({
	id: 'apache.modules',
	title: 'mod_ssl and mod_wsgi are enabled',
	why: 'Without mod_ssl every password goes over the network in the clear; without mod_wsgi the application is a page of source code, or an error.',
	reads: [
		'/etc/apache2/mods-enabled',
		'whether libapache2-mod-wsgi-py3 is installed, or a site has WSGIScriptAlias',
		'/proc/PID/maps of the running process: the modules it has loaded',
	],
	severity: 'warn',
	wish: true,
	layers: ['file', 'runtime'],
	source: 'cc-server: Apache 2 WSGI (a2enmod ssl, libapache2-mod-wsgi-py3); weblab-deusto: SSL certificates',
	verify: 'apache2ctl -M | grep -E "ssl|wsgi"',
	facts: {apache, packages, files: apacheFiles},
	kinds,
	appliesTo: ({facts}) => facts.apache.installed || 'apache2 is not installed',
	async inspect({host, facts}) {
		const {files} = facts;
		if (files === undefined || 'because' in files)
			throw new Blocked(files ?? {because: 'unreadable', need: '/etc/apache2'});
		const wsgi =
			isInstalled(facts.packages.all.get('libapache2-mod-wsgi-py3')) ||
			everywhere(files.top, 'wsgiscriptalias').length > 0;
		const loaded =
			facts.apache.running === undefined
				? undefined
				: await see(async () =>
						seen([...(await loadedModules(facts.apache, host))], `/proc/${facts.apache.running?.main.pid}/maps`),
					);
		return findings(
			['ssl', ...(wsgi ? ['wsgi'] : [])].map((name): FoundOf<typeof kinds> => {
				const written = files.modules.get(name);
				const runs = isSeen(loaded) ? (loaded.value as readonly string[]).includes(name) : undefined;
				const sight = {
					item: name,
					expected: 'enabled, loaded',
					layers: {
						file: seen(written === undefined ? 'not enabled' : 'enabled', written ?? '/etc/apache2/mods-enabled'),
						...(loaded !== undefined && {
							runtime: isSeen(loaded) ? seen(runs ? 'loaded' : 'not loaded', loaded.where) : loaded,
						}),
					},
				};
				const data = {name, there: name !== 'wsgi' || isInstalled(facts.packages.all.get('libapache2-mod-wsgi-py3'))};
				if (written === undefined) return {...sight, is: 'off', data};
				if (runs === false) return {...sight, is: 'notLoaded', data};
				return {...sight, is: 'ok', says: `mod_${name} is enabled and loaded`};
			}),
		);
	},
});
