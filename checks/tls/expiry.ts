import {certificates} from '#host/certificates/certificates.ts';
import {authorities, neededOf, shortName} from '#host/certificates/chain.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings, type Remedy} from '#model/finding.ts';
import {Blocked} from '#model/unknown.ts';
import {seen} from '../shared/seeing.ts';

const day = 24 * 3600_000;

const inDays = (days: number): string => `${days} ${days === 1 ? 'day' : 'days'}`;

/** `above`: which certificate of its chain ends first, where that is not the site's own. */
type Left = {readonly days: number; readonly byCertbot: boolean; readonly above?: string};

const whose = ({above}: Left): string => (above === undefined ? 'it' : `the certificate of its authority ${above}`);

const endsIn = (left: Left): string => `${whose(left)} ends in ${inDays(left.days)}`;

const renew = ({byCertbot, above}: Left): Remedy => ({
	sentence:
		above !== undefined
			? `Put the authority's newer certificate for ${above} in its place in the chain, or get a new certificate with its chain, and reload the server.`
			: byCertbot
				? 'See why certbot did not renew it: certbot renew --dry-run tries it without harm.'
				: 'Get a new certificate, put it in its place, and reload the server.',
});

const kinds = defineKinds({
	ended: {
		state: 'fail',
		example: {days: 3, byCertbot: true} as Left,
		says: left => `${whose(left)} ended ${left.days === 0 ? 'today' : `${inDays(left.days)} ago`}`,
		remedy: renew,
	},
	soon: {state: 'warn', example: {days: 3, byCertbot: false} as Left, says: endsIn, remedy: renew},
});

/** The one failure of a web site whose day is known months before. */
export const check = defineCheck({
	id: 'tls.expiry',
	title: 'Certificates last for a while',
	why: 'The day a certificate ends, every visitor sees a warning instead of the site. Clients of ACME renew a month before; three weeks before the end something is wrong with that.',
	reads: [
		'the end of each certificate, and of those of its chain that lead to a trusted one, that nginx, Apache and Postfix are told to present, and of those in /etc/letsencrypt/live',
	],
	severity: 'fail',
	layers: ['file'],
	source: 'weblab-deusto: SSL certificates (Let\'s Encrypt, "only last a couple of months")',
	verify: 'openssl x509 -enddate -noout -in CERTIFICATE',
	facts: {certificates, authorities},
	kinds,
	appliesTo: ({facts}) =>
		facts.certificates.all.length > 0 ||
		facts.certificates.unread.length > 0 ||
		'no server of this host is told to present a certificate',
	async inspect({facts, now}) {
		const {all, unread} = facts.certificates;
		const readable = all.filter(({chain}) => !('because' in chain));
		if (readable.length === 0) throw new Blocked(unread[0] ?? (all[0]!.chain as never));
		return findings(
			readable.map(({item, chain, path}): FoundOf<typeof kinds> => {
				const all = chain as Exclude<typeof chain, {readonly because: unknown}>;
				const needed = all.length > 1 ? neededOf(all, facts.authorities()) : all;
				const first = needed.toSorted((a, b) => a.validToDate.getTime() - b.validToDate.getTime())[0]!;
				const {validToDate, validFromDate} = first;
				const [ends, begins] = [validToDate.getTime(), validFromDate.getTime()];
				const left = (ends - now) / day;
				const days = Math.floor(Math.abs(left));
				// A certificate for six days is renewed in its second half.
				const soon = Math.min(21, (ends - begins) / day / 4);
				const sight = {
					item,
					expected: `at least ${Math.floor(soon)} days left`,
					layers: {file: seen(`until ${validToDate.toISOString().slice(0, 10)}`, path)},
					ends,
				};
				const data: Left = {
					days,
					byCertbot: path.startsWith('/etc/letsencrypt/'),
					...(first !== all[0] && {above: shortName(first.subject)}),
				};
				if (left < 0) return {...sight, is: 'ended', data};
				return left < soon ? {...sight, is: 'soon', data} : {...sight, is: 'ok', says: endsIn(data)};
			}),
		);
	},
});
