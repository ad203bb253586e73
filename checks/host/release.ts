/** A release that gets no more security updates looks as healthy as any other. */
import {release} from '#host/apt/release.ts';
import {releaseSupport} from '#host/apt/support-dates.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds} from '#model/finding.ts';
import {Blocked} from '#model/unknown.ts';

const remedy = {
	sentence:
		"Upgrade to the next release, one at a time, as its release notes say; setup rehearse --base shows how the stack does there. Or buy extended support (Freexian's ELTS, Ubuntu Pro), and waive this until it ends.",
};

const kinds = defineKinds({
	ended: {
		state: 'fail',
		example: {name: 'Debian 10', until: '2024-06-30'},
		says: ({name, until}) => `${name} has had no security updates since ${until}`,
		remedy,
	},
	ending: {
		state: 'warn',
		example: {name: 'Debian 11', until: '2026-08-31', days: 90},
		says: ({name, until, days}) => `${name} gets security updates for ${days} more days, until ${until}`,
		remedy,
	},
});

export const check = defineCheck({
	id: 'host.release',
	title: 'The release gets security updates',
	why: 'When the support of a release ends, holes that become known stay open, and nothing on the host says so.',
	reads: ['/etc/os-release: ID, VERSION_CODENAME'],
	severity: 'fail',
	layers: ['file'],
	source:
		"Debian's and Ubuntu's release calendars (package distro-info-data): security team, long-term support, standard support",
	verify: 'debian-distro-info --supported or ubuntu-distro-info --supported names this release.',
	facts: {release},
	kinds,
	async inspect({facts, now}) {
		const {codename, name} = facts.release;
		const known = releaseSupport[codename];
		if (known === undefined)
			throw new Blocked({
				because: 'unreadable',
				need: `until when ${name} is supported is not known to this version of setup`,
			});
		const ends = Date.parse(`${known.until}T00:00:00Z`);
		const days = Math.floor((ends - now) / 86_400_000);
		const layers = {file: {value: codename, where: '/etc/os-release'}};
		const finding = {expected: `supported (${codename} is until ${known.until})`, layers, ends};
		if (days < 0) return [{...finding, is: 'ended', data: {name, until: known.until}}];
		if (days < 180) return [{...finding, is: 'ending', data: {name, until: known.until, days}}];
		const late = known.full !== undefined && now > Date.parse(known.full);
		return [{...finding, is: 'ok', says: `${late ? 'long-term ' : ''}support until ${known.until}`}];
	},
});
