import {z} from 'zod';
import {spliced} from '#edit/editor.ts';
import {nginx} from '#edit/nginx/nginx.ts';
import {defineStep} from '#model/step.ts';
import {loginProof, loginQuestions, type ProvenSite, pageProof} from '#steps/shared/login-proofs.ts';
import {uwsgiQuestions, uwsgiServer} from '#steps/shared/uwsgi.ts';
import {enabledSite} from '#steps/sites/enabled-site.ts';
import {nginxHsts} from '#steps/sites/site-hsts.ts';
import {frontOf} from './front.ts';
import {settledInCopy, siteSettings, siteSource} from './site-file.ts';

const name = 'ipynbsrv';

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
		certificate: 'certificate?',
		behind: 'frontProxy?',
		user: 'account:first-user',
		admin: 'account:superuser',
	},
	questions: z
		.strictObject({
			...uwsgiQuestions({
				name,
				module: 'ipynbsrv.wsgi:application',
				socket: {
					help: "OpenResty reaches the application through it. Default: the one that the repository's site file names.",
				},
				needsCapabilities:
					'The published application gives home directories to their users at the first login, and fails there without CAP_CHOWN, CAP_FOWNER, CAP_FSETID (shares keep their set-group-ID bit) and CAP_DAC_OVERRIDE (what users made is deleted).',
			}),
			...loginQuestions({path: '/accounts/login/'}),
		})
		.meta({title: 'Application server'}),
	defaults: ({uses: {app}}) => ({
		...(app.language === 2 && {server: {value: 'environment', from: 'application'}}),
	}),
	resources: (answers, {uses: {app, proxy, site, siteFile, edits, certificate, behind, user, admin}}) => {
		const enabled = `${proxy.conf}/sites-enabled/${name}.conf`;
		const place = {app, file: siteFile};
		const front = frontOf({proxy, siteFile, certificate, front: behind});
		const proven: ProvenSite = {
			...(certificate === undefined
				? {address: 'http://127.0.0.1:80', proxied: behind !== undefined}
				: {address: 'https://127.0.0.1:443', certificate: certificate.certificate}),
			host: site.host,
			ready: [`unit:${app.service}`, `unit:${proxy.unit}`, `path:${enabled}`, 'done:tables'],
			watch: [app.settingsFile],
		};
		return [
			...uwsgiServer(answers, {
				name,
				app,
				data: `${app.home}/data`,
				proxyGroup: proxy.user,
				after: ['postgresql.service', 'slapd.service', 'nslcd.service'],
				needs: ['done:app-settings', 'done:python', 'done:tables', 'done:ldap-accounts'],
				siteText: async reader => {
					const source = await siteSource(reader, place);
					return source === undefined
						? undefined
						: spliced(source, nginx.edit(source, await siteSettings(edits, place, reader)));
				},
				siteNeeds: edits.waits,
				shippedIni: 'confs/uwsgi/ipynbsrv.ini',
				answeredBy: {server: 'app-server.server', socket: 'app-server.socket', edits: 'app-settings.siteEdits'},
			}),
			...front.resources,
			enabledSite({
				path: enabled,
				app,
				proxy,
				file: siteFile,
				settings: async reader => [...front.settings, ...(await siteSettings(edits, place, reader))],
				settled: settledInCopy.settings,
				needs: [...edits.waits, ...front.needs],
				acceptedBy: 'application.site.accept',
			}),
			...nginxHsts({name, proxy, certificate}, [`path:${enabled}`]),
			pageProof(proven, {
				name: 'login-page',
				title: 'The login page answers through OpenResty',
				path: answers.loginPath,
				expect: 'csrfmiddlewaretoken',
			}),
			loginProof(proven, {
				name: 'ldap-user',
				title: `${user.name}, who exists only in LDAP, logs in`,
				account: user,
				path: answers.loginPath,
				page: answers.memberPage,
				expect: answers.memberText ?? user.name,
				needs: ['done:ldap-accounts', user.made, 'done:proof:http:login-page'],
				...(answers.capabilities.length === 0 && {
					advice:
						"'Operation not permitted' there: an application that gives home directories to their users needs app-server.capabilities.",
				}),
			}),
			loginProof(proven, {
				name: 'superuser',
				title: `${admin.name} enters /admin/`,
				account: admin,
				path: '/admin/login/',
				page: '/admin/',
				expect: 'logout',
				needs: [admin.made, 'done:proof:http:login-page'],
			}),
		];
	},
});
