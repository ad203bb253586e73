/** The application of the doctor's django tests with a stack of an operator's own around it, and a stranger's account: what the attacks on bounds and secrets start from. */

import type {ThrowAway} from '#rehearse/throwaway.ts';
import {prepareDjango, project} from '../../doctor/support/django.ts';
import {sh} from '../../doctor/support/web.ts';
import {answersOf, ownStack} from '../../support/own-stacks.ts';

/** Its owner, its pages, its static files: the whole of what `coralnet` may write. */
export const home = '/srv/www/coralnet';

/** The application, healthy, and the account of eve, who has nothing to do with it. */
export const prepareCoralnet = async (host: ThrowAway): Promise<void> => {
	await prepareDjango(host);
	await sh(host, 'useradd --create-home eve; chmod 755 /home/eve; rm -f /tmp/marker-*');
};

/** A stack that has just this in it; gives the answers file. `resources` is the text of a list of makers. */
export const stackOf = (host: ThrowAway, id: string, resources: string): string => {
	ownStack(
		host,
		id,
		`[step({id: 'app', title: 'Application', about: 'Of a test.', guide: 'none', questions: z.strictObject({}), resources: () => ${resources}})]`,
	);
	return answersOf(host, id, {app: {}});
};

/** A maker's Django project, as text. */
export const projectText = `{python: '/usr/bin/python3', directory: '${project}', settings: 'config.settings', user: 'coralnet'}`;

/** Runs something as a user inside, from its home. */
export const as = (host: ThrowAway, user: string, script: string): Promise<string> =>
	host.must(['runuser', '-u', user, '--', 'bash', '-ec', script], {timeout: 120_000});
