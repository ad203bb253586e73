/** The site of an application behind nginx: a file of ours, or the one that its repository brings, as root's copy or as a link. */
import {z} from 'zod';
import type {NginxSetting} from '#edit/nginx/nginx.ts';
import type {Offers} from '#model/offers.ts';
import type {Resource} from '#model/resource.ts';
import {defineStep} from '#model/step.ts';
import {edit} from '#resources/files/edit.ts';
import {file} from '#resources/files/file.ts';
import {symlink} from '#resources/files/symlink.ts';
import {enabledSite} from './sites/enabled-site.ts';
import {challengeSite, httpSite} from './sites/http-site.ts';
import {nginxSiteText} from './sites/nginx-site-text.ts';
import {hstsInclude, nginxHsts} from './sites/site-hsts.ts';

export type NginxSite = {
	/** Default `site`; it is the section of the answers. */
	readonly id?: string;
	/** Of the file in sites-enabled. */
	readonly name: string;
	readonly about: string;
	readonly guide: string;
	/** Directories that nginx serves itself, by path on the site. */
	readonly statics: (app: Offers['project']) => readonly {readonly at: string; readonly directory: string}[];
	/** Default of the largest upload, in MiB. */
	readonly body: number;
	/** Seconds that nginx waits, from those of the application's server: alike and never the same, so that one of them always gives up first. */
	readonly timeout?: (server: number | undefined) => number;
	/** What a repository's own site file is made to say; in a linked one it is written into the checkout. */
	readonly settings?: (how: OwnSite) => readonly NginxSetting[];
	/** The answer that accepts directives in such a file, for a hint. Default `application.site.accept`. */
	readonly acceptedBy?: string;
};

export type OwnSite = {
	readonly to: Offers['service'];
	readonly site: Offers['site'];
	/** Seconds that nginx waits. */
	readonly timeout: number;
	readonly certificate?: Offers['certificate'] | undefined;
};

/** Uses `service` and `webServer`; `siteFile` and `certificate` where there are some. */
export const nginxSite = (options: NginxSite) => {
	const {id = 'site', name, settings = () => [], timeout = aLittleLonger} = options;
	return defineStep({
		id,
		title: 'Site',
		about: options.about,
		guide: options.guide,
		uses: {
			app: 'project',
			service: 'service',
			proxy: 'webServer',
			site: 'site',
			own: 'siteFile?',
			certificate: 'certificate?',
			front: 'frontProxy?',
		},
		questions: z
			.strictObject({
				body: z.int().min(1).max(100_000).default(options.body).meta({
					title: 'Largest upload, in MiB',
					help: 'A larger one is refused by nginx. A site file of the repository says it itself.',
					from: 'guide',
				}),
			})
			.meta({title: 'Site'}),
		resources: (answers, {uses: {app, service, proxy, site, own, certificate, front}}): readonly Resource[] => {
			const enabled = `${proxy.conf}/sites-enabled/${name}`;
			const ready = [`unit:${service.unit}`, ...(certificate === undefined ? [] : [certificate.made])] as const;
			if (own !== undefined) {
				const made = settings({to: service, site, timeout: timeout(service.timeout), certificate});
				return [
					// Its own file has port 443 then, and knows of no redirect.
					...(certificate === undefined ? [] : [httpSite({name, proxy, certificate})]),
					...(own.link && made.length > 0
						? [
								edit(
									{path: own.from, format: 'nginx', settings: made},
									{
										needs: [`path:${own.from}`, ...ready],
										provides: ['done:own-site'],
										owes: [{unit: proxy.unit, do: 'reload'}],
									},
								),
							]
						: []),
					enabledSite({
						path: enabled,
						app,
						proxy,
						file: own,
						settings: async () => made,
						needs: [...ready, ...(own.link && made.length > 0 ? (['done:own-site'] as const) : [])],
						acceptedBy: options.acceptedBy ?? 'application.site.accept',
					}),
				];
			}
			const available = `${proxy.conf}/sites-available/${name}`;
			const owes = [{unit: proxy.unit, do: 'reload'}] as const;
			const text = nginxSiteText({
				names: [site.host, ...(site.further ?? [])],
				to: service,
				timeout: timeout(service.timeout),
				body: answers.body,
				statics: options.statics(app),
				...(certificate && {certificate, secured: hstsInclude({name, proxy, certificate})}),
				...(front && {front: {...front, name}}),
			});
			return [
				...challengeSite({name, proxy, certificate}),
				file({path: available, text, mode: 0o644, owner: 'root:root'}, {needs: [`unit:${proxy.unit}`, ...ready], owes}),
				symlink({path: enabled, target: `../sites-available/${name}`}, {needs: [`path:${available}`], owes}),
				...nginxHsts({name, proxy, certificate}, [`path:${enabled}`]),
			];
		},
	});
};

/** nginx's own minute where the server has no end. */
const aLittleLonger = (server: number | undefined): number => (server === undefined ? 60 : Math.ceil(server * 1.1));
