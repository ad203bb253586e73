/** The directory is down is one fact: logins, names and the other checks of LDAP stand on it. */

import {isInstalled, packages} from '#host/apt/packages.ts';
import {directoryPlace} from '#host/ldap/directory.ts';
import {isSeen, see} from '#host/see.ts';
import {runningFindings} from '#host/units/running.ts';
import {defineCheck} from '#model/check.ts';
import {type Finding, findings} from '#model/finding.ts';
import {askDirectory} from '../shared/ldap-place.ts';
import {serviceMending} from '../shared/service.ts';

const mending = serviceMending('slapd');

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
	appliesTo: ({facts}) =>
		isInstalled(facts.packages.all.get('slapd')) ||
		isInstalled(facts.packages.all.get('nslcd')) ||
		'neither slapd nor nslcd is installed',
	async inspect({host, facts, expect}) {
		const own = isInstalled(facts.packages.all.get('slapd')) ? await runningFindings('slapd.service', host) : [];
		let wrong: Pick<Finding, 'state' | 'says'> | undefined;
		const runtime = await see(async () => {
			const {place, answer} = await askDirectory(host, (expect as readonly {readonly base: string}[])[0]);
			if (!answer.answers) wrong = {state: 'fail', says: `${place.uri} does not answer: ${answer.why}`};
			return {value: answer.answers ? 'answers' : 'does not answer', where: `ldapsearch -H ${place.uri}`};
		});
		const down = own.some(({state}) => state === 'fail');
		// That it does not answer follows from its unit being down.
		const answers: Finding = {
			item: 'answers',
			...(wrong && !down ? wrong : {state: 'ok' as const}),
			expected: 'answers',
			layers: {runtime},
		};
		const all = down && (wrong || !isSeen(runtime)) ? own : [...own, answers];
		return findings(all);
	},
	remedy: finding =>
		finding.item === 'answers'
			? {sentence: 'See whether the server runs and its port can be reached: its own log says more.'}
			: mending.remedy(finding),
	fix: finding => (finding.item === 'answers' ? [] : mending.fix(finding)),
});
