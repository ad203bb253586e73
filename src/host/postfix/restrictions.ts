/**
 * What the restrictions of an smtpd make of a stranger who wants to send on to strangers: word by word, with classes and tables asked as Postfix asks them. That
 * a refusal stands in a list says nothing: what lets through before it decides.
 */

/** `unsure`: a table decides that could not be asked. `by`: what lets the stranger through; undefined where nothing refuses. */
export type Relays = {
	readonly state: 'closed' | 'open' | 'unsure';
	readonly by?: string;
	readonly unasked: readonly string[];
};

/** What a table says to a key, or every value that it holds; undefined: it could not be asked. */
export type Tables = {
	ask(table: string, key: string): Promise<string | 'none' | undefined>;
	all(table: string): Promise<readonly string[] | undefined>;
};

/** Every one of these is asked, and one refusal is enough. */
export const restrictionLists = [
	'smtpd_client_restrictions',
	'smtpd_helo_restrictions',
	'smtpd_sender_restrictions',
	'smtpd_relay_restrictions',
	'smtpd_recipient_restrictions',
] as const;

/** `of`: a parameter of this smtpd, with what master.cf says otherwise. */
export const relays = async (of: (name: string) => string | undefined, tables: Tables): Promise<Relays> => {
	const classes = new Set(restrictionWords(of('smtpd_restriction_classes') ?? ''));
	const walked = await Promise.all(
		restrictionLists.map(name => walk(restrictionWords(of(name) ?? ''), {of, tables, classes, bare: bareOf(name)}, 0)),
	);
	if (walked.some(({fate, unasked}) => fate === 'reject' && unasked.length === 0))
		return {state: 'closed', unasked: []};
	const unasked = walked.flatMap(one => one.unasked);
	if (walked.some(({fate}) => fate === 'reject')) return {state: 'unsure', unasked};
	const by = walked.slice(3).find(one => one.by !== undefined)?.by;
	return {state: 'open', unasked: [], ...(by !== undefined && {by})};
};

/** Words between blanks and commas; what stands in braces is one of them. */
export const restrictionWords = (text: string): readonly string[] =>
	[...text.matchAll(/(?:[^ \t\v\f\r\n,{}]|\{(?:[^{}]|\{[^{}]*\})*\})+/g)].map(([word]) =>
		word.replace(/^\{[ \t]*([\s\S]*?)[ \t]*\}$/, '$1'),
	);

type Walked = {readonly fate: 'permit' | 'reject' | 'on'; readonly by?: string; readonly unasked: readonly string[]};
type Asking = {
	readonly of: (name: string) => string | undefined;
	readonly tables: Tables;
	readonly classes: ReadonlySet<string>;
	/** What a table without a word before it is asked for. */
	readonly bare: string;
};

const walk = async (words: readonly string[], asking: Asking, depth: number): Promise<Walked> => {
	const unasked: string[] = [];
	let onlyWarns = false;
	for (let at = 0; at < words.length; at++) {
		const word = words[at]!;
		const takes = argued.test(word);
		const argument = takes ? (words[++at] ?? '') : '';
		const said = depth > 10 ? on : await step(word, argument, asking, depth);
		unasked.push(...said.unasked);
		if (said.fate === 'permit') return {fate: 'permit', by: takes ? `${word} ${argument}` : word, unasked};
		if (said.fate === 'reject' && !onlyWarns) return {fate: 'reject', unasked};
		onlyWarns = word.toLowerCase() === 'warn_if_reject';
	}
	return {fate: 'on', unasked};
};

const on: Walked = {fate: 'on', unasked: []};

/** Words with one behind them. */
const argued =
	/^(check_\w+_access|check_policy_service|check_\w+_maps?|reject_rbl_client|reject_rhsbl_\w+|reject_maps_rbl|permit_dnswl_client|permit_rhswl_client|sleep)$/i;

const refusals =
	/^(reject|defer|defer_if_permit|reject_unauth_destination|defer_unauth_destination|check_relay_domains)$/i;

const step = async (word: string, argument: string, asking: Asking, depth: number): Promise<Walked> => {
	if (/^permit$/i.test(word)) return {fate: 'permit', unasked: []};
	if (refusals.test(word)) return {fate: 'reject', unasked: []};
	if (asking.classes.has(word)) return walk(restrictionWords(asking.of(word) ?? ''), asking, depth + 1);
	if (word.startsWith('$')) return {fate: 'on', unasked: [word]};
	const of = /^check_(\w+)_access$/i.exec(word)?.[1]?.toLowerCase();
	if (of !== undefined) return inTable(of, argument, asking, depth);
	return isTable(word) ? inTable(asking.bare, word, asking, depth) : on;
};

const isTable = (word: string): boolean => /^[a-z_]+:\S/.test(word) || word.startsWith('/');

const bareOf = (list: string): string => /^smtpd_(client|helo|sender)_/.exec(list)?.[1] ?? 'recipient';

/** What nobody here owns, as Postfix looks it up: the whole first, then its parts where a table has single keys. */
const strangers: Readonly<Record<string, {readonly whole: readonly string[]; readonly parts: readonly string[]}>> = {
	client: {whole: ['unknown', '203.0.113.9'], parts: ['203.0.113', '203.0', '203']},
	reverse_client_hostname: {whole: ['unknown'], parts: []},
	helo: {whole: ['mail.a-strangers-domain.example.net'], parts: ['net']},
	sender: {whole: ['someone@a-strangers-domain.example.net'], parts: ['a-strangers-domain.example.net', 'net']},
	recipient: {whole: ['somebody@a-strangers-domain.example.net'], parts: ['a-strangers-domain.example.net', 'net']},
};

/** A table of patterns, or one that answers to everything. */
const patterns = /^(regexp|pcre|cidr|static|inline|pipemap|unionmap|tcp|socketmap|randmap|fail):/;
/** Whatever somebody says of himself he may say of anybody. */
const saidByHimself = ['helo', 'sender'];

const inTable = async (of: string, table: string, asking: Asking, depth: number): Promise<Walked> => {
	const who = strangers[of];
	if (who === undefined) return on;
	const {tables} = asking;
	const single = !patterns.test(table);
	for (const key of single ? [...who.whole, ...who.parts] : who.whole) {
		const said = await tables.ask(table, key);
		if (said === undefined) return {fate: 'on', unasked: [`check_${of}_access ${table}`]};
		if (said !== 'none') return action(said, asking, depth);
	}
	if (!single || !saidByHimself.includes(of)) return on;
	const all = await tables.all(table);
	if (all === undefined) return {fate: 'on', unasked: [`check_${of}_access ${table}`]};
	for (const value of new Set(all)) {
		const said = await action(value, asking, depth);
		if (said.fate === 'permit') return said;
	}
	return on;
};

/** The right side of access(5): a word of its own, or restrictions. */
const action = async (value: string, asking: Asking, depth: number): Promise<Walked> => {
	const [word = ''] = restrictionWords(value);
	if (/^ok$/i.test(word)) return {fate: 'permit', unasked: []};
	if (/^([45]\d\d|[45]\.\d+\.\d+|reject|defer|defer_if_permit|discard)$/i.test(word))
		return {fate: 'reject', unasked: []};
	if (/^\d+$/.test(word)) return {fate: 'permit', unasked: []};
	if (/^(dunno|defer_if_reject|hold|filter|redirect|prepend|warn|info|bcc)$/i.test(word)) return on;
	return walk(restrictionWords(value), asking, depth + 1);
};
