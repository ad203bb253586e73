/** The application's site file: where the checkout has it, and what of it is ours to say. */
import {spliced} from '#edit/editor.ts';
import {everywhere, type NginxSetting, nginx} from '#edit/nginx/nginx.ts';
import {directivesOf} from '#edit/nginx/read.ts';
import {docker0} from '#host/docker/now.ts';
import type {Reader} from '#model/host.ts';
import type {Offers} from '#model/offers.ts';
import {treeText} from '#resources/git/tree-text.ts';
import {readAs} from '#resources/shared/read-as.ts';
import {ownNameSettings} from '#steps/shared/own-name.ts';
import {treeOf} from '#steps/shared/project.ts';
import {settingOf} from '#steps/sites/site-edits.ts';
import {homeInSite} from './other-home.ts';

/** In the checkout, unless another was answered. */
export const siteFile = 'confs/nginx/ipynbsrv.conf';

export type SitePlace = {readonly app: Offers['project']; readonly file: Offers['siteFile']};

/** What it says, before any setting of ours; undefined where it is not there. Throws Blocked until there is a source to read. */
export const siteSource = async (host: Reader, {app, file: {from}}: SitePlace): Promise<string | undefined> =>
	from.startsWith(`${app.repository}/`)
		? treeText(host, treeOf(app), from.slice(app.repository.length + 1))
		: readAs(host, 'root', from);

/** What the answers say of the site. What it still asks by its own name after that is asked here. */
export const siteSettings = async (
	answers: Omit<Offers['siteEdits'], 'waits'>,
	place: SitePlace,
	host: Reader,
): Promise<readonly NginxSetting[]> => {
	const source = await siteSource(host, place);
	const workspaces: NginxSetting = {
		anywhere: true,
		directive: 'proxy_pass',
		// A second one, such as the question whether somebody may, is none of docker0's business.
		like: 'http://*:$1',
		args: [[`http://${await dockerAddressOf(answers, host)}:$1`]],
		variables: true,
	};
	const answered: readonly NginxSetting[] = [
		// A file of the operator's own may lead to them in another way, or to none.
		...(source === undefined || leadsToWorkspaces(source) ? [workspaces] : []),
		...(answers.resolver === 'keep'
			? []
			: [{anywhere: true as const, directive: 'resolver', args: answers.resolver.split(/\s+/).map(word => [word])}]),
		...answers.siteEdits.map(settingOf),
	];
	if (source === undefined) return answered;
	const edited = spliced(source, nginx.edit(source, answered));
	return [
		...answered,
		...homeInSite(edited, place.app.home),
		...(answers.ownName === 'here' ? ownNameSettings(edited) : []),
	];
};

const leadsToWorkspaces = (source: string): boolean =>
	everywhere(directivesOf(source), 'proxy_pass').some(({args}) => /^http:\/\/[^/]*:\$1$/.test(args[0]?.value ?? ''));

const auth = [
	{name: 'server', nth: 0},
	{name: 'location', args: ['=', '/auth']},
];

/** The same with values that are nobody's: what an earlier setup wrote into the checkout's file, which root's copy has now. */
export const settledInCopy = {
	path: siteFile,
	format: 'nginx',
	settings: [
		{anywhere: true, directive: 'proxy_pass', like: 'http://*:$1', args: [['http://192.0.2.1:$1']], variables: true},
		{anywhere: true, directive: 'resolver', args: [['192.0.2.1']]},
		// By its own name: see ownNameSettings.
		{block: auth, directive: 'proxy_pass', args: [['http://192.0.2.1']]},
		{block: auth, directive: 'proxy_set_header', key: ['Host'], args: [['192.0.2.1']]},
	] satisfies readonly NginxSetting[],
} as const;

/** The address of docker0: answered, found, or what Docker gives it where nobody configured otherwise. */
export const dockerAddressOf = async (
	{dockerAddress}: Pick<Offers['siteEdits'], 'dockerAddress'>,
	host: Reader,
): Promise<string> =>
	dockerAddress === 'detect' ? ((await host.fact(docker0)).address ?? '172.17.0.1') : dockerAddress;
