/**
 * Who can come in how: sshd's settings for the accounts and addresses that its Match blocks name, judged together. A block opens for
 * one what the rest of the file shuts, and a setting by itself says little: root may log in, and nobody by a password.
 */
/** What sshd would do for one account from one address. */
export type SshDoor = {
	readonly user: string;
	readonly from: string;
	readonly settings: ReadonlyMap<string, readonly string[]>;
};

/** An address of the outside, kept for documentation: nobody's block is meant for it. */
const outside = '203.0.113.9';
/** An account that no block names. */
const anybody = 'nobody-in-particular';

/** root and anybody from outside, and everyone and everywhere that a Match line names; at most twenty. Throws Blocked. */
export const sshDoors = async (
	texts: readonly string[],
	ask: (of: string) => Promise<string>,
	parse: (text: string) => SshDoor['settings'],
): Promise<readonly SshDoor[]> => {
	const {users, addresses} = named(texts);
	const pairs = [outside, ...addresses].flatMap(from => ['root', anybody, ...users].map(user => ({user, from})));
	return Promise.all(
		pairs.slice(0, 20).map(async ({user, from}) => ({
			user,
			from,
			settings: parse(await ask(`user=${user},host=${from},addr=${from}`)),
		})),
	);
};

/** Can this account come in by a password alone? */
export const takesPassword = ({user, settings}: SshDoor): boolean => {
	const is = (keyword: string): string => settings.get(keyword)?.[0]?.toLowerCase() ?? '';
	const byPassword =
		is('passwordauthentication') === 'yes' || (is('kbdinteractiveauthentication') === 'yes' && is('usepam') === 'yes');
	return (
		byPassword && mayCome(user, settings) && methods(settings) && (user !== 'root' || is('permitrootlogin') === 'yes')
	);
};

/** Is its password perhaps an empty one? */
export const takesEmpty = (door: SshDoor): boolean =>
	takesPassword(door) && door.settings.get('permitemptypasswords')?.[0] === 'yes';

/** `root from 203.0.113.9`, or nothing where it is about everybody. */
export const doorName = ({user, from}: SshDoor): string =>
	`${user === anybody ? '' : ` for ${user}`}${from === outside ? '' : ` from ${from}`}`;

/** AllowUsers and DenyUsers with plain names; patterns and groups are left to sshd. */
const mayCome = (user: string, settings: SshDoor['settings']): boolean => {
	const names = (keyword: string): readonly string[] =>
		(settings.get(keyword) ?? []).flatMap(value => value.split(' ')).map(one => one.split('@')[0] ?? '');
	const allowed = names('allowusers');
	if (names('denyusers').includes(user)) return false;
	return user === anybody || allowed.length === 0 || allowed.some(one => one === user || /[*?]/.test(one));
};

/** One of the lists of AuthenticationMethods that a password alone fulfils; `any` is the default. */
const methods = (settings: SshDoor['settings']): boolean => {
	const lists = (settings.get('authenticationmethods') ?? ['any']).flatMap(value => value.split(' '));
	return lists.some(
		list => list === 'any' || list.split(',').every(one => /^(password|keyboard-interactive)(:|$)/.test(one)),
	);
};

const named = (
	texts: readonly string[],
): {readonly users: readonly string[]; readonly addresses: readonly string[]} => {
	const users = new Set<string>();
	const addresses = new Set<string>();
	for (const text of texts)
		for (const [, line = ''] of text.matchAll(/^[ \t]*match[ \t]+(.*)$/gim))
			for (const [, kind = '', , quoted, bare] of line.matchAll(
				/(user|address)([ \t]+|[ \t]*=[ \t]*)(?:"([^"]*)"|(\S+))/gi,
			))
				for (const one of (quoted ?? bare ?? '').split(',')) {
					if (one === '' || /^!|[*?]/.test(one)) continue;
					if (kind.toLowerCase() === 'user') users.add(one);
					else addresses.add(one.split('/')[0] ?? one);
				}
	users.delete('root');
	return {users: [...users], addresses: [...addresses]};
};
