import {X509Certificate} from 'node:crypto';
import {type Certificate, certificates, namesIn, type Served} from '#host/certificates/certificates.ts';
import {authorities, chainState, shortName} from '#host/certificates/chain.ts';
import {isSeen, see} from '#host/see.ts';
import {type Listener, listeners} from '#host/system/listeners.ts';
import {askLocal} from '#host/web/ask-local.ts';
import {smtpCertificate} from '#host/web/smtp-certificate.ts';
import {defineCheck} from '#model/check.ts';
import {type Finding, findings, type Seen} from '#model/finding.ts';
import {Blocked, type Unknown} from '#model/unknown.ts';
import {listed, notListening, reachable, seen} from '../shared/seeing.ts';

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
	appliesTo: ({facts}) =>
		facts.certificates.all.length > 0 ||
		facts.certificates.unread.length > 0 ||
		'no server of this host is told to present a certificate',
	async inspect({host, facts, now}) {
		const {all, unread} = facts.certificates;
		if (all.length === 0) throw new Blocked(unread[0]!);
		return findings(await Promise.all(all.map(one => findingOf(one, {...facts, root: host.root}, now))));
	},
	remedy: ({says = '', layers}) => {
		if (says.startsWith('changed in the file'))
			return {
				sentence: 'Reload the server: it presents what it read at its last start or reload.',
				commands: reloads(layers),
			};
		if (says.includes('comes without'))
			return {
				sentence:
					'Put the certificate of the authority in between behind its own into the same file (fullchain.pem of ACME clients is that already), and reload.',
			};
		if (says.includes('self-signed'))
			return {
				sentence:
					'Get one from an authority: certbot and dehydrated do it for nothing; or add the authority of your own to /usr/local/share/ca-certificates.',
			};
		return {sentence: 'Get a certificate for all names of the site, put its path into the configuration, and reload.'};
	},
});

type Read = {
	readonly authorities: readonly X509Certificate[];
	readonly listeners: readonly Listener[];
	readonly root: string;
};

const findingOf = async ({item, path, served, chain}: Certificate, facts: Read, now: number): Promise<Finding> => {
	const expected = 'valid now, for its names, with its chain';
	const where = served[0]?.where ?? path;
	if ('because' in chain) {
		if (chain.because === 'unreadable')
			return {item, state: 'fail', says: chain.need, expected, layers: {file: seen('not a certificate', where)}};
		throw new Blocked(chain);
	}
	const leaf = chain[0]!;
	const asked = [...new Set(served.flatMap(({names}) => names))];
	const unnamed = asked.filter(name => leaf.checkHost(name.replace(/^\*\./, 'any.')) === undefined);
	const walked = chainState(chain, facts.authorities);
	const opportunistic = served.length > 0 && served.every(({by}) => by === 'postfix');
	const runtime = await presented(leaf, served, facts);
	const other = isSeen(runtime) && String(runtime.value).startsWith('another');
	const bad = [
		...(now < leaf.validFromDate.getTime()
			? [`is not valid before ${leaf.validFromDate.toISOString().slice(0, 10)}`]
			: []),
		...(now > leaf.validToDate.getTime() ? [`ended on ${leaf.validToDate.toISOString().slice(0, 10)}`] : []),
		...(unnamed.length > 0
			? [`is not for ${listed(unnamed)}, but for ${listed(namesIn(leaf).slice(0, 4)) || shortName(leaf.subject)}`]
			: []),
		...(walked.state === 'complete' || opportunistic ? [] : [walked.says]),
	];
	const weak = keyWeakness(leaf);
	return {
		item,
		state:
			bad.length > 0 && walked.state !== 'no-authorities'
				? 'fail'
				: other || weak !== undefined || bad.length > 0
					? 'warn'
					: 'ok',
		says:
			bad.length > 0
				? `it ${listed(bad)}`
				: other
					? `changed in the file, not in the process: it presents ${runtime.value}`
					: (weak ??
						`it ${walked.says}${opportunistic && walked.state !== 'complete' ? ', which mail servers take' : ''}`),
		expected,
		layers: {
			file: seen(
				`${shortName(leaf.subject)}, from ${shortName(leaf.issuer)}, ${bad.length === 0 ? 'good' : listed(bad)}`,
				path,
			),
			runtime,
		},
	};
};

/** A file that nobody serves has no process that could show another. */
const presented = async (
	leaf: X509Certificate,
	served: readonly Served[],
	{listeners: sockets, root}: Read,
): Promise<Seen | Unknown> => {
	const one = served[0];
	if (one === undefined)
		return seen('no server is told to present it', 'the configurations of nginx, Apache and Postfix');
	const {port, address} = one.listen ?? {port: 25, address: undefined};
	return see(async () => {
		const host = root === '/' ? reachable(sockets, port, address) : undefined;
		if (host === undefined) throw new Blocked(notListening(port, root));
		const name = one.names.find(word => !word.startsWith('*'));
		const raw = one.by === 'postfix' ? await smtpCertificate(host, port) : await httpsCertificate(host, port, name);
		const where = `TLS handshake with ${host}:${port}${name === undefined ? '' : ` for ${name}`}`;
		if (raw.equals(leaf.raw)) return seen('the one in the file', where);
		const other = new X509Certificate(raw);
		return seen(
			`another one: ${shortName(other.subject)}, until ${other.validToDate.toISOString().slice(0, 10)} (${one.unit})`,
			where,
		);
	});
};

const httpsCertificate = async (host: string, port: number, name: string | undefined): Promise<Buffer> => {
	const {certificates: raw} = await askLocal({host, port, tls: true, path: '/', ...(name !== undefined && {name})});
	if (raw[0] === undefined) throw new Blocked({because: 'unreadable', need: `${host}:${port} presents no certificate`});
	return raw[0];
};

const keyWeakness = (leaf: X509Certificate): string | undefined => {
	const {asymmetricKeyType: kind, asymmetricKeyDetails: details} = leaf.publicKey;
	return kind === 'rsa' && (details?.modulusLength ?? 4096) < 2048
		? `its key has only ${details?.modulusLength} bits`
		: undefined;
};

const reloads = ({runtime}: Finding['layers']): readonly (readonly string[])[] => {
	const unit = runtime && 'value' in runtime ? /\(([\w@.-]+\.service)\)$/.exec(String(runtime.value))?.[1] : undefined;
	return unit === undefined ? [] : [['systemctl', 'reload', unit]];
};
