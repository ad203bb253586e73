/**
 * What a stack of PAM lets in: not whether a module is named, but what its control words and its place make of it. One line `sufficient pam_permit.so` before the
 * others is a door without a lock, and every other line looks as it should.
 */
import {trimmed} from '#edit/blanks.ts';
import type {Reader} from '#model/host.ts';
import {textOf} from '../files/text-of.ts';

export type PamLine = {
	readonly type: string;
	/** By result, `success` and `default` among them: `ignore`, `bad`, `die`, `ok`, `done`, `reset`, or a number of lines to skip. */
	readonly control: Readonly<Record<string, string>>;
	/** `pam_unix`. */
	readonly module: string;
	readonly args: readonly string[];
	readonly where: string;
	/** A stack of its own within this one. */
	readonly sub?: readonly PamLine[];
};

/** The lines of one service and type, includes at their place. Empty where there is no such file. */
export const pamStack = async (host: Reader, service: string, type: string): Promise<readonly PamLine[]> =>
	linesOf(host, `/etc/pam.d/${service}`, type, 0);

/** May somebody come in who proves nothing? The line that lets them, or undefined. Modules whose answer nobody knows count as a no. */
export const letsAnybodyIn = (lines: readonly PamLine[], service = ''): PamLine | undefined => {
	const ran = run(lines, line => resultOf(line, service));
	return ran.success ? ran.by : undefined;
};

/**
 * May somebody come in whose proof only `module` knows? What nobody knows the answer of stands in nobody's way. `who`: somebody whom only that module
 * knows, or somebody with the name of an account in /etc/passwd.
 */
export const letsInByModule = (
	lines: readonly PamLine[],
	module: string,
	who: 'only there' | 'local' = 'only there',
): boolean =>
	run(lines, line => {
		if (line.module === 'pam_localuser') return who === 'local' ? 'success' : 'perm_denied';
		return line.module !== module && proving.has(line.module) ? 'auth_err' : 'success';
	}).success;

/** Does somebody come in who has every proof? false where a `pam_deny` ends the search for all of them. */
export const letsProvenIn = (lines: readonly PamLine[]): boolean =>
	run(lines, line => (line.module === 'pam_deny' ? 'auth_err' : 'success')).success;

/** They want a proof of their own. */
const proving = new Set([
	'pam_unix',
	'pam_deny',
	'pam_sss',
	'pam_winbind',
	'pam_krb5',
	'pam_ldap',
	'pam_fprintd',
	'pam_rootok',
]);

type Ran = {readonly success: boolean; readonly by: PamLine | undefined; readonly done: boolean};

const run = (lines: readonly PamLine[], resultOf: (line: PamLine) => string): Ran => {
	let impression: 'none' | 'ok' | 'bad' = 'none';
	let by: PamLine | undefined;
	for (let at = 0; at < lines.length; at++) {
		const line = lines[at]!;
		const inner = line.sub === undefined ? undefined : run(line.sub, resultOf);
		const result = inner === undefined ? resultOf(line) : inner.success ? 'success' : 'auth_err';
		const action = line.control[result] ?? line.control['default'] ?? 'bad';
		const skip = /^\d+$/.test(action) ? Number(action) : 0;
		if (skip > 0) {
			at += skip;
			continue;
		}
		if (action === 'die') return {success: false, by: undefined, done: true};
		if (action === 'bad') impression = 'bad';
		else if (action === 'reset') impression = 'none';
		else if (action === 'ok' || action === 'done') {
			if (result === 'success' && impression !== 'bad') {
				impression = 'ok';
				by =
					by !== undefined && sayYes.has(by.module)
						? by
						: (inner?.by ?? (sayYes.has(line.module) ? line : (by ?? line)));
			} else if (result !== 'success' && impression === 'none') impression = 'bad';
			if (action === 'done' && impression !== 'bad') return {success: impression === 'ok', by, done: true};
		}
	}
	return {success: impression === 'ok', by, done: false};
};

/** What a module says of a stranger who types nothing that is right. */
const resultOf = ({module, args}: PamLine, service: string): string => {
	if (neutral.has(module) || module === 'pam_permit') return 'success';
	// Every account of this host is local, and has a shell of the list.
	if (module === 'pam_localuser' || module === 'pam_shells') return 'success';
	if (module === 'pam_succeed_if') return anybodyIs(args) ? 'success' : 'auth_err';
	// It asks who runs the program that asks, not who wants to come in.
	if (module === 'pam_rootok') return asRoot.has(service) ? 'success' : 'auth_err';
	return unknownUser.has(module) ? 'user_unknown' : 'auth_err';
};

const sayYes = new Set(['pam_permit', 'pam_localuser', 'pam_shells', 'pam_succeed_if', 'pam_rootok']);

/** They run as root before anybody has come in. */
const asRoot = new Set(['login', 'sshd']);

/** Conditions of pam_succeed_if that any account of a person fulfils; none is one. */
const anybodyIs = (args: readonly string[]): boolean => {
	const words = args.filter(word => word !== '' && !/^(debug|quiet\w*|use_uid|audit)$/.test(word));
	for (let at = 0; at < words.length; at += 3) {
		const [what = '', how = '', value = ''] = words.slice(at, at + 3);
		const number = Number(value);
		const holds =
			what === 'uid'
				? (/^(>=|ge)$/.test(how) && number <= 1000) || (/^(>|gt|!=|ne)$/.test(how) && number < 1000)
				: /^(user|shell|home|service|tty|rhost)$/.test(what) && /^(!=|notin|notingroup)$/.test(how);
		if (!holds) return false;
	}
	return true;
};

/** They set something up, and say yes to everybody. */
const neutral = new Set([
	'pam_env',
	'pam_faildelay',
	'pam_nologin',
	'pam_cap',
	'pam_limits',
	'pam_issue',
	'pam_motd',
	'pam_mail',
	'pam_lastlog',
	'pam_loginuid',
	'pam_keyinit',
	'pam_group',
	'pam_umask',
	'pam_securetty',
]);

const unknownUser = new Set(['pam_ldap', 'pam_sss', 'pam_winbind', 'pam_krb5']);

const words: Readonly<Record<string, Readonly<Record<string, string>>>> = {
	required: {success: 'ok', new_authtok_reqd: 'ok', ignore: 'ignore', default: 'bad'},
	requisite: {success: 'ok', new_authtok_reqd: 'ok', ignore: 'ignore', default: 'die'},
	sufficient: {success: 'done', new_authtok_reqd: 'done', default: 'ignore'},
	optional: {success: 'ok', new_authtok_reqd: 'ok', default: 'ignore'},
};

const linesOf = async (host: Reader, path: string, type: string, depth: number): Promise<readonly PamLine[]> => {
	const text = depth > 8 ? undefined : await textOf(host, path);
	const found = await Promise.all(
		(text ?? '')
			.replace(/\\\n/g, ' ')
			.split('\n')
			.map(async (line, at) => lineOf(host, trimmed(line.replace(/#.*$/, '')), `${path}:${at + 1}`, type, depth)),
	);
	return found.flat();
};

const lineOf = async (
	host: Reader,
	line: string,
	where: string,
	type: string,
	depth: number,
): Promise<readonly PamLine[]> => {
	const [, whole] = /^@include[ \t\v\f\r]+([^ \t\v\f\r]+)/.exec(line) ?? [];
	if (whole !== undefined) return linesOf(host, fileOf(whole), type, depth + 1);
	const [, kind = '', brackets, word = '', module = '', rest = ''] =
		/^-?(\w+)[ \t\v\f\r]+(?:\[([^\]]*)\]|([^ \t\v\f\r]+))[ \t\v\f\r]+([^ \t\v\f\r]+)[ \t\v\f\r]*(.*)$/.exec(line) ?? [];
	if (kind.toLowerCase() !== type) return [];
	if (word === 'include') return linesOf(host, fileOf(module), type, depth + 1);
	const plain = {
		type,
		module: module.replace(/^.*\//, '').replace(/\.so$/, ''),
		args: rest.split(/[ \t\v\f\r]+/),
		where,
	};
	if (word === 'substack')
		return [{...plain, control: words['required']!, sub: await linesOf(host, fileOf(module), type, depth + 1)}];
	const control = brackets === undefined ? words[word.toLowerCase()] : pairs(brackets);
	return control === undefined ? [] : [{...plain, control}];
};

const fileOf = (name: string): string => (name.startsWith('/') ? name : `/etc/pam.d/${name}`);

const pairs = (text: string): Readonly<Record<string, string>> =>
	Object.fromEntries([...text.matchAll(/(\w+)=(\w+)/g)].map(([, name = '', action = '']) => [name, action]));
