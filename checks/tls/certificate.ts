import type {X509Certificate} from 'node:crypto';
import {type Certificate, certificates, namesIn} from '#host/certificates/certificates.ts';
import {authorities, chainState, outOfOrder, shortName} from '#host/certificates/chain.ts';
import {seeAs} from '#host/see.ts';
import {type Listener, listeners} from '#host/system/listeners.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings, type Remedy} from '#model/finding.ts';
import {Blocked} from '#model/unknown.ts';
import {presented} from '../shared/presented.ts';
import {listed, seen} from '../shared/seeing.ts';

const getOne: Remedy = {
	sentence: 'Get a certificate for all names of the site, put its path into the configuration, and reload.',
};

const kinds = defineKinds({
	unreadable: {state: 'fail', example: {says: 'not a certificate'}, says: ({says}) => says, remedy: getOne},
	wrong: {state: 'fail', example: {says: 'it ended on 2026-01-01'}, says: ({says}) => says, remedy: getOne},
	noChain: {
		state: 'fail',
		example: {says: 'it comes without the certificate of its authority'},
		says: ({says}) => says,
		remedy: {
			sentence:
				'Put the certificate of the authority in between behind its own into the same file (fullchain.pem of ACME clients is that already), and reload.',
		},
	},
	untrusted: {
		state: 'fail',
		example: {says: 'it is self-signed'},
		says: ({says}) => says,
		remedy: {
			sentence:
				'Get one from an authority: certbot and dehydrated do it for nothing; or add the authority of your own to /usr/local/share/ca-certificates.',
		},
	},
	unsure: {
		state: 'warn',
		example: {says: 'it cannot be judged: this host has no authorities'},
		says: ({says}) => says,
		remedy: {
			sentence: 'Install ca-certificates, so that this host knows the authorities, and look again.',
			commands: [['apt-get', 'install', '--yes', 'ca-certificates']],
		},
	},
	notLoaded: {
		state: 'warn',
		example: {shows: 'another one: example.org, until 2026-01-01', unit: 'nginx.service' as string | undefined},
		says: ({shows}) => `changed in the file, not in the process: it presents ${shows}`,
		remedy: ({unit}) => ({
			sentence: 'Reload the server: it presents what it read at its last start or reload.',
			...(unit !== undefined && {commands: [['systemctl', 'reload', unit]]}),
		}),
	},
	order: {
		state: 'warn',
		example: {early: 'Example Root'},
		says: ({early}) =>
			`its chain is in disorder: ${early} stands before the one that it vouches for, and older clients refuse that`,
		remedy: {
			sentence:
				'Write the certificates into the file so that each is vouched for by the one behind it, the own one first (fullchain.pem of ACME clients is that already), and reload.',
		},
	},
	weak: {
		state: 'warn',
		example: {says: 'its key has only 1024 bits'},
		says: ({says}) => says,
		remedy: {sentence: 'Get a new certificate, with a new key of 2048 bits or more, put it in its place, and reload.'},
	},
});

/** What a browser looks at, without a browser: time, name, chain; and whether the server presents what lies on its disk. */
export const check = defineCheck({
	id: 'tls.certificate',
	title: 'Certificates are valid, for the right names, with their chain',
	why: 'A certificate for another name, or without the one between it and the authority, works in the browser of whoever tested it and fails for others. A renewed one that was never loaded fails on the day the old one ends.',
	reads: [
		'the certificates that nginx, Apache and Postfix are told to present, and those in /etc/letsencrypt/live',
		'/etc/ssl/certs/ca-certificates.crt: the authorities that this host trusts',
		'a TLS handshake with the server on this host: what it does present',
	],
	severity: 'fail',
	layers: ['file', 'runtime'],
	source: 'weblab-deusto: SSL certificates; cc-server: Apache 2 WSGI; openslides: Nginx setup',
	verify: 'openssl s_client -connect localhost:443 -servername NAME -verify_return_error </dev/null',
	deadline: 10_000,
	facts: {certificates, authorities, listeners},
	kinds,
	appliesTo: ({facts}) =>
		facts.certificates.all.length > 0 ||
		facts.certificates.unread.length > 0 ||
		'no server of this host is told to present a certificate',
	async inspect({host, facts, now}) {
		const {all, unread} = facts.certificates;
		if (all.length === 0) throw new Blocked(unread[0]!);
		return findings(await Promise.all(all.map(one => findingOf(one, {...facts, root: host.root}, now))));
	},
});

type Read = {
	readonly authorities: () => readonly X509Certificate[];
	readonly listeners: readonly Listener[];
	readonly root: string;
};

const findingOf = async (
	{item, path, served, chain}: Certificate,
	facts: Read,
	now: number,
): Promise<FoundOf<typeof kinds>> => {
	const expected = 'valid now, for its names, with its chain';
	const where = served[0]?.where ?? path;
	if ('because' in chain) {
		if (chain.because === 'unreadable')
			return {
				item,
				is: 'unreadable',
				data: {says: chain.need},
				expected,
				layers: {file: seen('not a certificate', where)},
			};
		throw new Blocked(chain);
	}
	const leaf = chain[0]!;
	const asked = [...new Set(served.flatMap(({names}) => names))];
	const walked = chainState(chain, facts.authorities());
	const opportunistic = served.length > 0 && served.every(({by}) => by === 'postfix');
	// No browser looks for a name in the subject any more; mail servers may.
	const subject = opportunistic ? 'default' : 'never';
	const unnamed = asked.filter(name => leaf.checkHost(name.replace(/^\*\./, 'any.'), {subject}) === undefined);
	const shows = await seeAs(() => presented(leaf, served, facts.listeners, facts.root));
	const runtime = 'because' in shows ? shows : shows.seen;
	const other = 'because' in shows ? undefined : shows.other;
	const stale = 'because' in shows ? undefined : shows.unit;
	const days = {
		...(now < leaf.validFromDate.getTime() && {
			early: `is not valid before ${leaf.validFromDate.toISOString().slice(0, 10)}`,
		}),
		...(now > leaf.validToDate.getTime() && {ended: `ended on ${leaf.validToDate.toISOString().slice(0, 10)}`}),
	};
	const misnamed =
		unnamed.length > 0
			? `is not for ${listed(unnamed)}, but for ${listed(namesIn(leaf).slice(0, 4)) || `${shortName(leaf.subject)}, in its subject alone, where browsers do not look`}`
			: undefined;
	const chained = walked.state === 'complete' || opportunistic ? undefined : walked.says;
	const bad = [...Object.values(days), misnamed, chained].filter(one => one !== undefined);
	const weak = keyWeakness(leaf);
	const sight = {
		item,
		expected,
		layers: {
			file: seen(
				`${shortName(leaf.subject)}, from ${shortName(leaf.issuer)}, ${bad.length === 0 ? 'good' : listed(bad)}`,
				path,
			),
			runtime,
		},
	};
	const data = {says: `it ${listed(bad)}`};
	if (Object.keys(days).length > 0 || misnamed !== undefined)
		return walked.state === 'no-authorities' ? {...sight, is: 'unsure', data} : {...sight, is: 'wrong', data};
	if (chained !== undefined)
		return walked.state === 'no-authorities'
			? {...sight, is: 'unsure', data}
			: walked.state === 'incomplete'
				? {...sight, is: 'noChain', data}
				: {...sight, is: 'untrusted', data};
	if (other !== undefined) return {...sight, is: 'notLoaded', data: {shows: other, unit: stale}};
	const early = outOfOrder(chain);
	if (early !== undefined) return {...sight, is: 'order', data: {early}};
	if (weak !== undefined) return {...sight, is: 'weak', data: {says: weak}};
	const mail = opportunistic && walked.state !== 'complete' ? ', which mail servers take' : '';
	return {...sight, is: 'ok', says: `it ${walked.says}${mail}`};
};

const keyWeakness = (leaf: X509Certificate): string | undefined => {
	const {asymmetricKeyType: kind, asymmetricKeyDetails: details} = leaf.publicKey;
	return kind === 'rsa' && (details?.modulusLength ?? 4096) < 2048
		? `its key has only ${details?.modulusLength} bits`
		: undefined;
};
