/** The application's site file: where the checkout has it, and what of it is ours to say. */
import type {NginxSetting} from '#edit/nginx/nginx.ts';
import {docker0} from '#host/docker/now.ts';
import type {Reader} from '#model/host.ts';
import type {Offers} from '#model/offers.ts';
import {settingOf} from '#steps/shared/site-edits.ts';

/** In the checkout. */
export const siteFile = 'confs/nginx/ipynbsrv.conf';

/** What the answers say of the site. */
export const siteSettings = async (
	answers: Omit<Offers['siteEdits'], 'waits'>,
	host: Reader,
): Promise<readonly NginxSetting[]> => [
	{
		anywhere: true,
		directive: 'proxy_pass',
		// A second one, such as the question whether somebody may, is none of docker0's business.
		like: 'http://*:$1',
		args: [[`http://${await dockerAddressOf(answers, host)}:$1`]],
		variables: true,
	},
	...(answers.resolver === 'keep'
		? []
		: [{anywhere: true as const, directive: 'resolver', args: answers.resolver.split(/\s+/).map(word => [word])}]),
	...answers.siteEdits.map(settingOf),
];

/** The address of docker0: answered, found, or what Docker gives it where nobody configured otherwise. */
export const dockerAddressOf = async (
	{dockerAddress}: Pick<Offers['siteEdits'], 'dockerAddress'>,
	host: Reader,
): Promise<string> =>
	dockerAddress === 'detect' ? ((await host.fact(docker0)).address ?? '172.17.0.1') : dockerAddress;
