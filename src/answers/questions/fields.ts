/** The kinds of values that the stacks ask for, each with the sentence that helps when it is wrong. Patterns, where there is one, reach the JSON Schema. */
import {statSync} from 'node:fs';
import {isIP} from 'node:net';
import {z} from 'zod';
import {parseDn} from '#host/ldap/ldap-dn.ts';
import {didYouMean} from '../resolve/did-you-mean.ts';

/** Text on one line: no control character, no line separator, no half of a surrogate pair. */
export const oneLine = ({min = 1, max = 1024}: {readonly min?: number; readonly max?: number} = {}): z.ZodString =>
	z
		.string()
		.max(max, {error: `is too long: at most ${max} characters`, abort: true})
		.min(min, {error: min === 1 ? 'must not be empty' : `is too short: at least ${min} characters`})
		.regex(oneLinePattern, {error: 'must be one line of text without control characters'})
		.refine(text => text.isWellFormed(), {error: 'is not valid Unicode'})
		.meta({kind: 'text'});

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const oneLinePattern = /^[^\u0000-\u001F\u007F-\u009F\u2028\u2029]*$/;

/** A DNS name (RFC 1123): `www.example.org`, `ipynbsrv.ldap`, `localhost`. */
export const hostName = (): z.ZodString =>
	z
		.string()
		.max(253, {error: 'is too long for a host name: at most 253 characters', abort: true})
		.regex(hostNamePattern, {
			error:
				'must be a host name: labels of letters, digits and hyphens, joined by dots (an international name in its xn-- form)',
		})
		.meta({kind: 'host name'});

const hostNamePattern =
	/^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)*(?!\d+$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/;

/** A host name or an IP address without brackets. */
export const hostOrAddress = (): z.ZodString =>
	z
		.string()
		.max(253, {error: 'is too long for a host name: at most 253 characters', abort: true})
		.refine(text => isIP(text) !== 0 || hostNamePattern.test(text), {error: 'must be a host name or an IP address'})
		.meta({kind: 'host name or address', reads: 'server'});

/** An IPv4 or IPv6 address. */
export const address = (): z.ZodString =>
	z
		.string()
		.max(45, {error: 'must be an IP address', abort: true})
		.refine(text => isIP(text) !== 0, {error: 'must be an IP address'})
		.meta({kind: 'IP address'});

/** An address, or a network of them: `192.0.2.0/24`. */
export const addressOrNetwork = (): z.ZodString =>
	z
		.string()
		.max(49, {error: 'must be an IP address or a network such as 192.0.2.0/24', abort: true})
		.refine(text => isIP(text) !== 0 || z.union([z.cidrv4(), z.cidrv6()]).safeParse(text).success, {
			error: 'must be an IP address or a network such as 192.0.2.0/24',
		})
		.meta({kind: 'IP address or network'});

const portError = {error: 'must be a port: a whole number from 1 to 65535'};

/** A TCP or UDP port. */
export const port = (): z.ZodInt => z.int(portError).min(1, portError).max(65_535, portError).meta({kind: 'port'});

/** A name for a user or a group that Debian's adduser takes. */
export const unixName = (): z.ZodString =>
	z
		.string()
		.regex(/^[a-z_][a-z0-9_-]{0,31}$/, {
			error: 'must be a user or group name: at most 32 of a-z, 0-9, _ and -, not starting with a digit or -',
		})
		.meta({kind: 'user or group name'});

/** A path from the root, as written: no '..', no doubled or trailing slash. */
export const absolutePath = (): z.ZodString =>
	z
		.string()
		.max(4095, {error: 'is too long for a path', abort: true})
		.regex(absolutePattern, {
			error: "must be a path from the root, without '.', '..', doubled or trailing slashes and control characters",
		})
		.refine(text => text.split('/').every(part => Buffer.byteLength(part) <= 255) && text.isWellFormed(), {
			error: 'has a part that is too long for a file name, or is not valid Unicode',
		})
		.meta({kind: 'path'});

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const absolutePattern = /^(?:\/(?!\.{1,2}(?:\/|$))[^/\u0000-\u001F\u007F-\u009F\u2028\u2029]+)+$/;

/** An LDAP name (RFC 4514): `dc=ipynbsrv,dc=ldap`. */
export const dn = (): z.ZodString =>
	z
		.string()
		.max(1024, {error: 'is too long for an LDAP name: at most 1024 characters', abort: true})
		.superRefine((text, context) => {
			const parsed = parseDn(text);
			if (!parsed.ok)
				context.addIssue({
					code: 'custom',
					message: `must be an LDAP name such as dc=example,dc=org: at character ${parsed.at + 1}, ${parsed.why}`,
				});
			else if (
				/[\p{Cc}\p{Zl}\p{Zp}]/u.test(
					parsed.rdns
						.flat()
						.map(one => one.value)
						.join(''),
				)
			)
				context.addIssue({code: 'custom', message: 'must not hold control characters'});
		})
		.meta({kind: 'LDAP name'});

/** A URL of one of the protocols; with no user and password in it, which would stand in logs. */
export const url = ({protocols = ['https', 'http']}: {readonly protocols?: readonly string[]} = {}): z.ZodString =>
	z
		.string()
		.max(2048, {error: 'is too long for a URL: at most 2048 characters', abort: true})
		.superRefine((text, context) => {
			const why = urlFault(text, protocols);
			if (why) context.addIssue({code: 'custom', message: why});
		})
		.meta({kind: 'URL', reads: 'server'});

const urlFault = (text: string, protocols: readonly string[]): string | undefined => {
	const forms = protocols.map(protocol => `${protocol}://`).join(', ');
	// URL itself takes spaces and control characters and drops some.
	const parsed = /^[\x21-\x7E]+$/.test(text) ? URL.parse(text) : null;
	if (!parsed || !protocols.some(protocol => text.toLowerCase().startsWith(`${protocol}:`)))
		return `must be a URL starting with ${forms}`;
	if (parsed.password !== '') return 'must not hold a password: it would stand in logs and process lists';
	// Many servers take a token as the name alone.
	if (parsed.username !== '' && /^https?:/i.test(text))
		return 'must not hold a user: a token is often given as one, and would stand in logs and process lists';
	return parsed.hostname === '' && parsed.protocol !== 'file:' && parsed.protocol !== 'ldapi:'
		? 'has no host name'
		: undefined;
};

/**
 * Two addresses with blanks between: what is fetched elsewhere, and where. No password in either, which would stand in the arguments of git's helpers;
 * a slash behind the first one's host, or `https://a.example` would stand for `https://a.example.org` as well.
 */
export const mirrorPair = (): z.ZodString =>
	oneLine({max: 2048})
		.superRefine((text, context) => {
			const why = mirrorFault(text);
			if (why) context.addIssue({code: 'custom', message: why});
		})
		.meta({kind: 'two addresses'});

const mirrorFault = (text: string): string | undefined => {
	const [of = '', by = '', ...more] = text.split(/ +/);
	if (by === '' || more.length > 0)
		return 'must be two addresses with a blank between: what it stands for, and the mirror';
	const first = urlFault(of, ['https', 'http']);
	if (first) return `has a first address that ${first}`;
	if (!/^[a-z]+:\/\/[^/]+\//i.test(of))
		return 'must have a slash after the first host, or it would stand for longer names too';
	const second = by.startsWith('/') ? undefined : urlFault(by, ['https', 'http']);
	return second && `has a second address that ${second}`;
};

/** A SHA-256 in hexadecimal, as `sha256sum` prints it. */
export const sha256 = (): z.ZodString =>
	z
		.string()
		.regex(/^[0-9a-fA-F]{64}$/, {
			error: 'must be a SHA-256: 64 hexadecimal digits, as sha256sum prints them (in quotes if all are digits)',
		})
		.toLowerCase()
		.meta({kind: 'SHA-256'});

/** A time zone of the IANA database: `Europe/Zurich`, `UTC`. */
export const timeZone = (): z.ZodString =>
	z
		.string()
		.max(64, {error: 'must be a time zone such as Europe/Zurich', abort: true})
		.superRefine((text, context) => {
			if (!isTimeZone(text))
				context.addIssue({
					code: 'custom',
					message: `must be a time zone such as Europe/Zurich${didYouMean(text, zones())}`,
				});
		})
		.meta({kind: 'time zone'});

const zones = (): readonly string[] => ['UTC', ...Intl.supportedValuesOf('timeZone')];

/** Intl lists only the names it prefers; the host's own database has the others (links such as Europe/Kyiv, Etc/UTC). */
const isTimeZone = (text: string): boolean =>
	zones().includes(text) ||
	(/^[A-Z][A-Za-z0-9_+-]*(?:\/[A-Z][A-Za-z0-9_+-]*){0,2}$/.test(text) &&
		statSync(`/usr/share/zoneinfo/${text}`, {throwIfNoEntry: false})?.isFile() === true);

/** An e-mail address. */
export const email = (): z.ZodEmail =>
	z
		.email({error: 'must be an e-mail address'})
		.max(254, {error: 'is too long for an e-mail address'})
		.meta({kind: 'e-mail address'});

/** A name for a PostgreSQL role or database that needs no quoting and is no reserved one. */
export const pgIdentifier = (): z.ZodString =>
	z
		.string()
		.regex(/^(?!pg_)[a-z_][a-z0-9_]{0,62}$/, {
			error: "must be a PostgreSQL name: at most 63 of a-z, 0-9 and _, not starting with a digit or 'pg_'",
		})
		.meta({kind: 'PostgreSQL name'});
