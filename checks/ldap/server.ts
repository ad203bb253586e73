/** The directory is down is one fact: logins, names and the other checks of LDAP stand on it. */

import {isInstalled, packages} from '#host/apt/packages.ts';
import {directoryPlace} from '#host/ldap/asked-directory.ts';
import {isSeen, see} from '#host/see.ts';
import {runningFindings} from '#host/units/service-findings.ts';
import {refuseStilled} from '#host/units/stilled.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import {askDirectory} from '../shared/ldap-place.ts';
import {serviceKinds} from '../shared/service.ts';

const kinds = defineKinds({
	...serviceKinds('slapd'),
	silent: {
		state: 'fail',
		example: {uri: 'ldap://ipynbsrv.ldap', why: 'nobody listens there'},
		says: ({uri, why}) => `${uri} does not answer: ${why}`,
		remedy: {sentence: 'See whether the server runs and its port can be reached: its own log says more.'},
	},
});

export const check = defineCheck({
	id: 'ldap.server',
	title: 'The LDAP directory answers',
	why: 'Accounts, groups and logins come from the directory: when it does not answer, nobody of them can log in, and many programs wait for it before they go on.',
	reads: [
		'systemctl show slapd.service, where slapd is installed',
		'a search with ldapsearch: over ldapi:/// as root, else at the uri of /etc/nslcd.conf',
	],
	severity: 'fail',
	layers: ['runtime'],
	source: 'ipynbsrv guide, "LDAP Container" and "LDAP" (under Web Interface)',
	verify: 'ldapsearch -x -H URI -b "" -s base namingContexts',
	deadline: 7000,
	facts: {packages, place: directoryPlace},
	kinds,
	appliesTo: ({facts}) =>
		isInstalled(facts.packages.all.get('slapd')) ||
		isInstalled(facts.packages.all.get('nslcd')) ||
		'neither slapd nor nslcd is installed',
	async inspect({host, facts, expect}) {
		const own = isInstalled(facts.packages.all.get('slapd')) ? await runningFindings('slapd.service', host) : [];
		let wrong: {readonly uri: string; readonly why: string} | undefined;
		const runtime = await see(async () => {
			// Nobody waits for what is known to be silent.
			if (own.length > 0) await refuseStilled(host, 'slapd.service');
			const {place, answer} = await askDirectory(host, (expect as readonly {readonly base: string}[])[0]);
			if (!answer.answers) wrong = {uri: place.uri, why: answer.why};
			return {value: answer.answers ? 'answers' : 'does not answer', where: `ldapsearch -H ${place.uri}`};
		});
		const down = own.some(({is}) => is === 'down' || is === 'stilled');
		// That it does not answer follows from its unit being down.
		const answers: FoundOf<typeof kinds> = {
			item: 'answers',
			...(wrong !== undefined && !down ? {is: 'silent', data: wrong} : {is: 'ok'}),
			expected: 'answers',
			layers: {runtime},
		};
		const all = down && (wrong || !isSeen(runtime)) ? own : [...own, answers];
		return findings(all);
	},
});
