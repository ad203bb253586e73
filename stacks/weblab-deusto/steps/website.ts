import {z} from 'zod';
import {defineStep} from '#model/step.ts';
import {apacheModule} from '#resources/apache/module.ts';
import {apacheMpm} from '#resources/apache/mpm.ts';
import {apacheSite} from '#resources/apache/site.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {file} from '#resources/files/file.ts';
import {unit} from '#resources/units/unit.ts';
import {weblabProof} from '#resources/web-proof/weblab.ts';
import {type RootCopySpec, rootCopy} from '#resources/web-sites/root-copy.ts';
import {portFree} from '#steps/probes/port-free.ts';
import {apacheHsts, hstsOffer} from '#steps/sites/site-hsts.ts';
import {certificateProbes, certificateQuestion, siteCertificate} from './certificate.ts';
import {siteText} from './site-file.ts';

const apache = 'apache2.service';

/** Apache in front, with TLS, and the proof that somebody can log in and use a laboratory through it. */
export const website = defineStep({
	id: 'website',
	title: 'Web site',
	about:
		"Apache with threads, the modules that WebLab-Deusto's own configuration needs, a certificate, and two virtual hosts: 443 with that configuration as a copy of root's, 80 with a redirect of just this path. The guide's redirect does nothing where the configuration is enabled for the whole server.",
	guide: 'WebLab-Deusto: GNU/Linux (apache2); Secure the communications',
	uses: {app: 'weblab', instance: 'weblabInstance', program: 'weblabProgram', proxy: 'proxyFile?'},
	questions: z.strictObject({
		certificate: certificateQuestion,
		mpm: z.enum(['threads', 'event', 'worker', 'prefork']).default('threads').meta({
			title: 'How Apache serves many at once',
			help: "'threads' keeps event or worker, whichever is there. prefork costs a process for each visitor, and is for PHP inside Apache alone.",
			from: 'guide',
		}),
		front: z.boolean().default(true).meta({
			title: 'Send / on to WebLab-Deusto',
			help: 'Who asks for the name alone comes to it. Without it the redirect to https is for /weblab/ and nothing else.',
			from: 'setup',
		}),
		stockSite: z.boolean().default(false).meta({
			title: "Keep Debian's stock site on port 80",
			help: 'It answers to every name that no other site has.',
			from: 'setup',
		}),
		accept: z
			.array(z.string().regex(/^[a-z]+$/, {error: 'must be the name of a directive of Apache, in small letters'}))
			.default([])
			.meta({
				title: 'Directives to accept',
				help: "WebLab-Deusto's configuration is written by its own user, and Apache reads it as root: what makes root's Apache do more than answer requests is refused and named. Those that are meant are listed here.",
				from: 'setup',
				quiet: true,
			}),
	}),
	probes: ({certificate}, {uses: {instance}}) => [
		portFree(80, {ours: ['apache2'], about: ['mpm']}),
		portFree(443, {ours: ['apache2'], about: ['mpm']}),
		...certificateProbes(certificate, instance.host),
	],
	expects: () => ({'apache.modules': true}),
	resources: (answers, {uses: {app, instance, program, proxy}}) => {
		const {name, host, base, directory} = instance;
		const site = `weblab-${name}`;
		const copy = `/etc/weblab-deusto/${name}-apache.conf`;
		const available = `/etc/apache2/sites-available/${site}.conf`;
		const {pair, made, alone, hstsDays} = siteCertificate(answers.certificate, {
			...{name, site, host, base, front: answers.front},
			proxy,
		});
		const from = `${directory}/httpd/apache_weblab_generic.conf`;
		const copied: RootCopySpec = {
			format: 'apache',
			settings: [],
			from,
			checkout: directory,
			user: app.user,
			path: copy,
			conf: '/etc/apache2',
			accepted: answers.accept,
			acceptedBy: 'website.accept',
		};
		const reload = {owes: [{unit: apache, do: 'reload'}]} as const;
		return [
			aptPackages(
				{names: ['apache2'], recommends: false},
				{
					id: 'apt:apache',
					needs: ['done:requirements', 'done:dpkg-consistent'],
					provides: ['path:/etc/apache2/sites-available', 'path:/etc/apache2'],
				},
			),
			apacheMpm({mpm: answers.mpm}),
			// lbmethod_bybusyness and headers are in the generated file, and in no guide.
			apacheModule(
				{names: ['ssl', 'headers', 'rewrite', 'proxy', 'proxy_http', 'proxy_balancer', 'lbmethod_bybusyness']},
				{needs: ['done:apache-mpm']},
			),
			...made,
			rootCopy(
				copy,
				async () => copied,
				{
					needs: [`path:${from}`, `done:upgrade:${directory}`, 'path:/etc/weblab-deusto'],
					...reload,
				},
				copied,
			),
			file(
				{
					path: available,
					text: siteText({
						...{host, base, ...pair, include: copy, name: site, front: answers.front, alone},
						...(hstsDays !== undefined && {hsts: `/etc/weblab-deusto/${name}-hsts*.conf`}),
					}),
					mode: 0o644,
					owner: 'root:root',
				},
				{needs: [`path:${copy}`, 'done:certificate'], ...reload},
			),
			...(answers.stockSite ? [] : [apacheSite({name: '000-default', enabled: false})]),
			apacheSite(
				{name: site, enabled: true},
				{
					needs: [
						'done:apache-module:ssl',
						'done:apache-module:headers',
						'done:apache-module:lbmethod_bybusyness',
						'done:certificate',
						`path:${copy}`,
					],
				},
			),
			unit(
				{name: apache, enabled: true, running: true, takesUp: 'reload', files: [available, copy]},
				{needs: ['package:apache2', `done:apache-site:${site}`]},
			),
			...(hstsDays === undefined
				? []
				: [
						apacheHsts(
							{
								path: `/etc/weblab-deusto/${name}-hsts.conf`,
								seconds: hstsOffer(hstsDays).hsts.seconds,
								names: [host],
								certificate: pair.certificate,
							},
							[`unit:${apache}`, `path:${available}`, 'done:certificate'],
						),
					]),
			...(program.autostart
				? [
						weblabProof(
							{
								name,
								address: 'https://127.0.0.1:443',
								host,
								base,
								certificate: pair.certificate,
								user: instance.admin,
								password: instance.password,
								...(instance.laboratory && {experiment: {name: 'dummy', category: 'Dummy experiments'}}),
								watch: [available, copy, `${directory}/core_host_config.py`],
							},
							{
								needs: [`unit:${apache}`, `done:program:${program.name}`],
								title: `${instance.admin} logs in at https://${host}${base}/weblab/ and uses a laboratory`,
							},
						),
					]
				: []),
		];
	},
});
