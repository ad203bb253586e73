import {apacheFiles} from '#host/apache/modules.ts';
import {apache, loadedModules} from '#host/apache/now.ts';
import {isInstalled, packages} from '#host/apt/packages.ts';
import {everywhere} from '#host/nginx/config.ts';
import {isSeen, see} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {type Finding, findings} from '#model/finding.ts';
import {Blocked} from '#model/unknown.ts';
import {symlink} from '#resources/files/symlink.ts';
import {seen} from '../shared/seeing.ts';

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
	layers: ['file', 'runtime'],
	source: 'cc-server: Apache 2 WSGI (a2enmod ssl, libapache2-mod-wsgi-py3); weblab-deusto: SSL certificates',
	verify: 'apache2ctl -M | grep -E "ssl|wsgi"',
	facts: {apache, packages, files: apacheFiles},
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
			['ssl', ...(wsgi ? ['wsgi'] : [])].map((name): Finding => {
				const written = files.modules.get(name);
				const runs = isSeen(loaded) ? (loaded.value as readonly string[]).includes(name) : undefined;
				return {
					item: name,
					state: written === undefined || runs === false ? 'warn' : 'ok',
					says:
						written === undefined
							? `mod_${name} is not enabled`
							: runs === false
								? `changed in the file, not in the process: mod_${name} is enabled, and the process has not loaded it`
								: `mod_${name} is enabled and loaded`,
					expected: 'enabled, loaded',
					layers: {
						file: seen(written === undefined ? 'not enabled' : 'enabled', written ?? '/etc/apache2/mods-enabled'),
						...(loaded !== undefined && {
							runtime: isSeen(loaded) ? seen(runs ? 'loaded' : 'not loaded', loaded.where) : loaded,
						}),
					},
				};
			}),
		);
	},
	remedy: ({item = ''}) => ({
		sentence: `Enable it and restart Apache${item === 'wsgi' ? ' (the module is in libapache2-mod-wsgi-py3)' : ''}.`,
		commands: [
			['a2enmod', '-q', item],
			['apache2ctl', 'configtest'],
			['systemctl', 'restart', 'apache2.service'],
		],
	}),
	fix: ({item = ''}, {facts}) => {
		// A link to a module that is not there would stop Apache.
		if (item === 'wsgi' && !isInstalled(facts.packages.all.get('libapache2-mod-wsgi-py3'))) return [];
		const owes = [{unit: 'apache2.service', do: 'restart' as const}];
		const names = item === 'ssl' ? ['setenvif', 'mime', 'socache_shmcb', 'ssl'] : [item];
		const kinds = (name: string): readonly string[] => (name === 'socache_shmcb' ? ['load'] : ['load', 'conf']);
		return names.flatMap(name =>
			kinds(name).map(kind =>
				symlink(
					{path: `/etc/apache2/mods-enabled/${name}.${kind}`, target: `../mods-available/${name}.${kind}`},
					{owes},
				),
			),
		);
	},
});
