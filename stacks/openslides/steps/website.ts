import {z} from 'zod';
import {secret} from '#answers/questions/questions.ts';
import {defineStep} from '#model/step.ts';
import {directory} from '#resources/files/directory.ts';
import {file} from '#resources/files/file.ts';
import {symlink} from '#resources/files/symlink.ts';
import {instanceProof} from '#resources/openslides/instance-proof.ts';
import {type Asked, httpAnswers} from '#resources/web-proof/http-answers.ts';
import {htpasswd} from '#resources/web-sites/htpasswd.ts';
import {challengeSite} from '#steps/sites/http-site.ts';
import {instanceCertificate, ownPair} from './instance-certificate.ts';
import {watched} from './instance-service.ts';
import {siteText} from './site-file.ts';
import {staysWithHttps} from './stays-with-https.ts';

const passwords = '/etc/nginx/openslides.htpasswd';
const media = {'Content-Type': 'application/vnd.api+json'};

/** The management interface behind a password, and the proof that it says what is true. */
export const website = defineStep({
	id: 'website',
	title: 'Management interface',
	about:
		"nginx in front, with TLS and a password on every path, because the backend itself asks nobody for one. The proof asks for the contents of both lists: a backend that cannot read them still answers 200, with no instances. The front end of the guide's location / is another repository of dead tools, which the guide does not install: / answers 404 behind the password.",
	guide: 'OpenSlides: Nginx setup; Configure HTTP Auth',
	uses: {
		app: 'openslidesBackend',
		service: 'service',
		proxy: 'webServer',
		site: 'site',
		certificate: 'certificate',
		instances: 'openslidesInstances?',
	},
	questions: z.strictObject({
		user: z
			.string()
			.regex(/^[\w.@-]{1,64}$/, {error: 'must be at most 64 letters, digits, ., @, - and _'})
			.default('admin')
			.meta({title: 'Login', help: 'Whoever has it makes and removes instances.', from: 'guide'}),
		password: secret({generate: 'default'}).meta({
			title: 'Its password',
			help: 'nginx keeps a hash of it, which only root and its workers read.',
			from: 'setup',
		}),
		frontEnd: z.enum(['none', 'port-4200']).default('none').meta({
			title: 'Front end',
			help: "Another repository of dead tools, which the guide does not install. 'port-4200' passes / on to one that you run yourself.",
			from: 'setup',
		}),
		hsts: z.enum(['site', 'subdomains', 'none']).default('site').meta({
			title: 'Browsers stay with https',
			help: "From the first good answer on, for as long as the certificate's answer says. The guide's 'subdomains' binds every other site below that name as well.",
			from: 'setup',
		}),
	}),
	resources: (answers, {uses: {app, service, proxy, site, certificate, instances}}) => {
		const available = `${proxy.conf}/sites-available/openslides`;
		const owes = [{unit: proxy.unit, do: 'reload'}] as const;
		const login = {user: answers.user, password: answers.password};
		const stays = staysWithHttps(answers.hsts, proxy, certificate);
		const asked: readonly Asked[] = [
			{
				path: '/api/osversions',
				headers: media,
				login,
				status: 200,
				has: [JSON.stringify(app.version), ...(instances === undefined ? [JSON.stringify(app.image)] : [])],
			},
			{path: '/api/osdomains', headers: media, login, status: 200, has: app.domains.map(one => JSON.stringify(one))},
			{path: '/api/instances', headers: media, login, status: 200, has: ['"data"']},
			{path: '/api/osversions', headers: media, status: 401},
			{path: '/api/osversions', headers: media, login: {...login, wrong: true}, status: 401},
			{path: '/', status: 401},
			{path: '/api/', plain: true, status: 301, leadsTo: `https://${site.host}/api/`},
			...(instances === undefined
				? [{path: '/api/instances', method: 'POST' as const, headers: media, login, status: 501}]
				: []),
		];
		return [
			directory(
				{path: `${proxy.conf}/openslides`, mode: 0o755, owner: 'root:root'},
				{needs: ['package:nginx'], holdsData: true},
			),
			htpasswd(
				{path: passwords, ...login, mode: 0o640, owner: `root:${proxy.user}`},
				{needs: ['package:nginx', `path:${proxy.conf}`]},
			),
			...challengeSite({name: 'openslides', proxy, certificate}),
			file(
				{
					path: available,
					text: siteText({
						host: site.host,
						certificate: certificate.certificate,
						key: certificate.key,
						challenged: certificate.challenge !== undefined,
						htpasswd: passwords,
						to: service,
						instances: instances !== undefined,
						frontEnd: answers.frontEnd === 'port-4200',
						hsts: stays.lines,
					}),
					mode: 0o644,
					owner: 'root:root',
				},
				{
					needs: [`unit:${proxy.unit}`, certificate.made, `path:${passwords}`, `path:${proxy.conf}/openslides`],
					owes,
				},
			),
			symlink(
				{path: `${proxy.conf}/sites-enabled/openslides`, target: '../sites-available/openslides'},
				{needs: [`path:${available}`], owes, provides: ['done:site']},
			),
			...stays.file(['done:site']),
			httpAnswers(
				{
					name: 'openslides',
					address: 'https://127.0.0.1:443',
					certificate: certificate.certificate,
					host: site.host,
					requests: asked,
				},
				{needs: ['done:site', `unit:${service.unit}`, `unit:${proxy.unit}`]},
			),
			...(instances === undefined
				? []
				: [
						...instanceCertificate(app.domains, instances.certificate, proxy.unit),
						instanceProof(
							{
								site: site.host,
								address: 'https://127.0.0.1:443',
								certificate: certificate.certificate,
								instanceCertificate: (instances.certificate ?? ownPair).certificate,
								...login,
								domain: app.domains[0]!,
								version: '1',
								metadata: app.metadata,
								instances: app.instances,
								watch: [...watched, `${app.versions}/openslides_versions.json`, available],
							},
							{
								needs: [
									'done:answers:openslides',
									'done:instance-service',
									'done:instance-certificate',
									'done:answers:Redis',
									instances.networkThere,
								],
							},
						),
					]),
		];
	},
});
