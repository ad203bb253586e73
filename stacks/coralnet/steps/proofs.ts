import {z} from 'zod';
import {defineStep} from '#model/step.ts';
import {loginProof, type ProvenSite, pageProof} from '#steps/shared/login-proofs.ts';
import '../offers.ts';

/** The proof that a visitor's way through everything works: a page with its style sheet's hashed name, and a login by the form as a browser makes it. */
export const proofs = defineStep({
	id: 'proofs',
	title: 'Proof',
	about:
		'The login page answers through nginx under the name of the site and comes with its style sheets, and the administrator logs in by the form; a wrong password and an unknown user do not.',
	guide: 'CoralNet: Running',
	uses: {
		app: 'project',
		proxy: 'webServer',
		site: 'site',
		certificate: 'certificate?',
		front: 'frontProxy?',
		admin: 'account:superuser',
		layout: 'coralnetLayout',
	},
	questions: z
		.strictObject({
			loginPath: z
				.string()
				.regex(/^\/[\x21-\x7e]*$/, {error: 'must be a path on the site, such as /accounts/login/'})
				.default('/accounts/login/')
				.meta({title: 'Path of the login page', help: 'The administrator logs in there.', from: 'guide'}),
			memberPage: z
				.string()
				.regex(/^\/[\x21-\x7e]*$/, {error: 'must be a path on the site'})
				.default('/admin/')
				.meta({title: 'A page that only users see', help: 'Looked at after that login.', from: 'setup'}),
			memberText: z.string().min(1).max(200).default('logout').meta({
				title: 'A text on it that only they see',
				help: 'It must not stand on the login page. /admin/ has the way to /admin/logout/ in every language.',
				from: 'setup',
			}),
		})
		.meta({title: 'Proof'}),
	probes: (_answers, {uses: {layout, certificate, front}}) =>
		layout === 'guide'
			? []
			: [
					{
						id: 'https',
						about: ['loginPath'],
						title: "Today's cookies go by https alone",
						decides: ['done:proof:http:superuser'],
						run: async () =>
							certificate === undefined && front === undefined
								? {state: 'failed', line: "without TLS nobody can log in to today's release: answer tls.by"}
								: {state: 'ok', line: 'the site answers by https'},
					},
				],
	resources: (answers, {uses: {app, proxy, site, certificate, front, admin, layout}}) => {
		const proven: ProvenSite = {
			...(certificate === undefined
				? {address: 'http://127.0.0.1:80', proxied: front !== undefined}
				: {address: 'https://127.0.0.1:443', certificate: certificate.certificate}),
			host: site.host,
			ready: [
				`unit:${app.service}`,
				`unit:${proxy.unit}`,
				`path:${proxy.conf}/sites-enabled/coralnet`,
				'done:tables',
				'done:static-files',
			],
			watch: [app.settingsFile],
			// Its first request loads a framework of learning machines.
			...(layout === 'today' && {patience: 180}),
		};
		return [
			pageProof(proven, {
				name: 'login-page',
				title: 'The login page answers through nginx',
				path: answers.loginPath,
				expect: 'csrfmiddlewaretoken',
				styled: true,
			}),
			loginProof(proven, {
				name: 'superuser',
				title: `${admin.name} logs in`,
				account: admin,
				path: answers.loginPath,
				page: answers.memberPage,
				expect: answers.memberText,
				needs: [admin.made, 'done:proof:http:login-page'],
			}),
		];
	},
});
