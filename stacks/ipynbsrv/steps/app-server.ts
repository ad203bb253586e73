import {z} from 'zod';
import {absolutePath} from '#answers/questions/questions.ts';
import {defineStep} from '#model/step.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {directory} from '#resources/files/directory.ts';
import {file} from '#resources/files/file.ts';
import {unit} from '#resources/units/unit.ts';
import {httpProof} from '#resources/web-proof/login.ts';
import {enabledSite} from '#steps/shared/enabled-site.ts';
import {mountUnitName, nosuidMount} from '#steps/shared/nosuid-mount.ts';
import {siteSettings} from './site-file.ts';
import {uwsgiIni, uwsgiUnit} from './uwsgi-files.ts';

const capabilities = ['CAP_CHOWN', 'CAP_FOWNER', 'CAP_FSETID', 'CAP_DAC_OVERRIDE'] as const;

/** uwsgi as a unit on the socket that the site expects, and the proof: the LDAP user logs in through OpenResty. */
export const appServer = defineStep({
	id: 'app-server',
	title: 'Application server',
	about:
		"uwsgi under the application's own user, the site in sites-enabled, and the proof: the login page answers through OpenResty, the first LDAP user gets in, wrong and unknown ones do not.",
	guide: 'ipynbsrv: Django/Application (mkdir /var/run/ipynbsrv, sites-enabled); Python/uwsgi/npm',
	uses: {
		app: 'project',
		proxy: 'webServer',
		site: 'site',
		siteFile: 'siteFile',
		edits: 'siteEdits',
		user: 'account:first-user',
		admin: 'account:superuser',
	},
	questions: z
		.strictObject({
			server: z.enum(['debian', 'environment']).default('debian').meta({
				title: 'Where uwsgi comes from',
				help: "'environment': from the application's own virtual environment, where its requirements name uwsgi.",
				from: 'guide',
			}),
			module: z
				.string()
				.regex(/^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*$/, {error: 'must be like ipynbsrv.wsgi:application'})
				.default('ipynbsrv.wsgi:application')
				.meta({
					title: 'WSGI application',
					help: 'The module and the name in it that uwsgi calls, as MODULE:NAME.',
					from: 'guide',
				}),
			socket: z
				.string()
				.regex(/^[\w.-]{1,60}$/, {error: 'must be the name of a file'})
				.default('wui.sock')
				.meta({
					title: 'Socket, in /run/ipynbsrv',
					help: "OpenResty reaches the application through it; the repository's site file names it.",
					from: "the repository's site file",
				}),
			processes: z.int().min(1).max(256).default(2).meta({
				title: 'Processes',
				help: 'Each serves one request at a time and holds the whole application in memory.',
				from: 'setup',
			}),
			capabilities: z.array(z.enum(capabilities)).default([]).meta({
				title: 'Capabilities, which are a part of root',
				help: "The published application gives home directories to their users at the first login, and fails there without CAP_CHOWN, CAP_FOWNER, CAP_FSETID (shares keep their set-group-ID bit) and CAP_DAC_OVERRIDE (what users made is deleted). CAP_DAC_OVERRIDE is root: it reads and writes every file; CAP_CHOWN and CAP_FOWNER come to the same. With any of them the unit sees the application's own directories and no others. None where the application can do without.",
				from: 'setup',
			}),
			writes: z.array(absolutePath()).default([]).meta({
				title: 'Further directories that the application writes',
				help: 'It writes the data directory and no other place of the host; each of these must be there before it starts.',
				from: 'setup',
			}),
			sockets: z.array(absolutePath()).default([]).meta({
				title: 'Sockets in /run that it needs, with capabilities',
				help: 'With capabilities it sees those of PostgreSQL, nslcd and nscd. /run/docker.sock is root: whoever reaches it owns the host.',
				from: 'setup',
			}),
			loginPath: z
				.string()
				.regex(/^\/[\x21-\x7e]*$/, {error: 'must be a path on the site, such as /accounts/login/'})
				.default('/accounts/login/')
				.meta({
					title: 'Path of the login page',
					help: 'Asked for at the end, and the first user logs in there as the proof that all works.',
					from: 'setup',
				}),
			memberPage: z
				.string()
				.regex(/^\/[\x21-\x7e]*$/, {error: 'must be a path on the site'})
				.default('/')
				.meta({title: 'A page that only users see', help: 'Looked at after that login.', from: 'setup'}),
			memberText: z.string().max(200).optional().meta({
				title: 'A text on it that only they see',
				help: 'Default: the name of the first user.',
				example: 'Welcome',
			}),
		})
		.meta({title: 'Application server'}),
	resources: (
		answers,
		{
			uses: {
				app,
				proxy,
				site: {host},
				siteFile,
				edits,
				user,
				admin,
			},
		},
	) => {
		const {conf} = proxy;
		const enabled = `${conf}/sites-enabled/ipynbsrv.conf`;
		const mounted = answers.capabilities.length === 0 ? [] : [`${app.home}/data`, ...answers.writes];
		const ini = '/etc/ipynbsrv/uwsgi.ini';
		const unitPath = '/etc/systemd/system/ipynbsrv.service';
		const uwsgi = answers.server === 'debian' ? '/usr/bin/uwsgi' : `${app.home}/venv/bin/uwsgi`;
		const address = 'http://127.0.0.1:80';
		const ready = ['unit:ipynbsrv.service', 'unit:openresty.service', `path:${enabled}`, 'done:tables'] as const;
		return [
			...(answers.server === 'debian'
				? [
						aptPackages(
							{names: ['uwsgi', 'uwsgi-plugin-python']},
							{id: 'apt:uwsgi', needs: ['done:requirements', 'done:dpkg-consistent'], provides: ['done:uwsgi']},
						),
					]
				: []),
			directory({path: '/etc/ipynbsrv', mode: 0o755, owner: 'root:root'}),
			file(
				{
					path: ini,
					text: [uwsgiIni({...answers, app, debian: answers.server === 'debian'})],
					mode: 0o644,
					owner: 'root:root',
				},
				{owes: [{unit: 'ipynbsrv.service', do: 'restart'}]},
			),
			file({
				path: unitPath,
				text: [uwsgiUnit({...answers, uwsgi, ini, app, proxyGroup: proxy.user})],
				mode: 0o644,
				owner: 'root:root',
			}),
			...mounted.flatMap(nosuidMount),
			unit(
				{name: 'ipynbsrv.service', enabled: true, running: true, files: [unitPath, ini, app.settingsFile]},
				{
					needs: [
						`path:${unitPath}`,
						`path:${ini}`,
						'done:app-settings',
						'done:python',
						'done:tables',
						'done:ldap-accounts',
						`user:${app.user}`,
						...mounted.map(path => `unit:${mountUnitName(path)}` as const),
						...(answers.server === 'debian' ? ['done:uwsgi' as const] : []),
					],
				},
			),
			enabledSite({
				path: enabled,
				app,
				proxy,
				file: siteFile,
				settings: reader => siteSettings(edits, reader),
				needs: edits.waits,
				acceptedBy: 'application.site.accept',
			}),
			httpProof(
				{name: 'login-page', address, host, path: answers.loginPath, status: 200, expect: 'csrfmiddlewaretoken'},
				{needs: ready, title: 'The login page answers through OpenResty'},
			),
			httpProof(
				{
					name: 'ldap-user',
					address,
					host,
					path: answers.loginPath,
					login: {
						path: answers.loginPath,
						user: user.name,
						password: user.password,
						page: answers.memberPage,
						expect: answers.memberText ?? user.name,
						watch: [app.settingsFile],
						...(answers.capabilities.length === 0 && {
							advice:
								"'Operation not permitted' there: an application that gives home directories to their users needs app-server.capabilities.",
						}),
					},
				},
				{
					needs: [...ready, 'done:ldap-accounts', user.made, 'done:proof:http:login-page'],
					title: `${user.name}, who exists only in LDAP, logs in`,
				},
			),
			httpProof(
				{
					name: 'superuser',
					address,
					host,
					path: '/admin/login/',
					login: {
						path: '/admin/login/',
						user: admin.name,
						password: admin.password,
						page: '/admin/',
						expect: 'logout',
						watch: [app.settingsFile],
					},
				},
				{needs: [...ready, admin.made, 'done:proof:http:login-page'], title: `${admin.name} enters /admin/`},
			),
		];
	},
});
