/** Why an authority gave no certificate, by the kind of problem that it names itself (RFC 8555, 6.7), with certbot's own words. */
import {Fault, faultData} from '#model/fault.ts';

/** What certbot ended with, as a fault whose hint is for that problem. Its lines come bounded, printable and freed of secrets. */
export const certbotFault = (error: unknown, names: readonly string[], server: string): unknown => {
	if (!(error instanceof Fault) || error.code !== 'program.failed') return error;
	const {details = []} = faultData(error);
	const kind = details.flatMap(
		line => /^\s*Type:\s*(\w+)\s*$/.exec(line)?.[1] ?? /urn:ietf:params:acme:error:(\w+)/.exec(line)?.[1] ?? [],
	)[0];
	return new Fault(
		'certificate.not-issued',
		`${new URL(server).host} gave no certificate for ${names.join(', ')}`,
		hints[kind ?? ''] ?? 'Its own words are below; more stands in /var/log/letsencrypt/letsencrypt.log.',
		{details: details.filter(line => !/^-+( -+)*$/.test(line.trim())), cause: error},
	);
};

const hints: Readonly<Record<string, string>> = {
	dns: 'The authority finds no address for a name: make its A (or AAAA) record lead to this host, and wait until it is known everywhere.',
	connection:
		'The authority did not get through to port 80 of the name: see that the name leads to this host, that an AAAA record is right or gone, and that firewall and router let port 80 in.',
	unauthorized:
		'Somebody else answers under this name: it leads to another host, or a proxy in front does not pass /.well-known/acme-challenge/ on.',
	caa: 'A CAA record of the domain lets other authorities alone give certificates: add this one to it.',
	rateLimited:
		'The authority gives no more for this name now: it says below from when on. Until then try with its test server.',
	rejectedIdentifier: 'The authority gives nothing for such a name: it must be public, and no name of this host alone.',
	invalidContact: 'The authority does not take this address of mail: answer another, or none.',
	externalAccountRequired:
		'The authority wants an account of its own (EAB), which setup does not ask for: take files of yours.',
};
