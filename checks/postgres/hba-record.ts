/** What one record of pg_hba.conf lets happen: whom it lets in without a good password, from where, and as whom. Judged record by record, whatever stands before it. */
import type {HbaType} from '#edit/postgres/pg-hba.ts';
import type {HbaRecord} from '#edit/postgres/pg-hba-read.ts';
import type {IdentLine} from '#host/postgres/access-files.ts';
import type {PostgresHealth} from '#host/postgres/health.ts';

type Roles = PostgresHealth['roles'];
/** What a record goes by beside itself. */
export type Known = {readonly roles: Roles; readonly idents: readonly IdentLine[]};

/** A record as it is written into the file. */
export type HbaSetting = {
	readonly type: HbaType;
	readonly database: readonly string[];
	readonly user: readonly string[];
	readonly address?: string;
	readonly method: string;
};

/** Undefined where nothing is wrong. `settled`: another method alone mends it, and locks nobody out. */
export const wrongWith = (
	record: HbaRecord,
	{roles, idents}: Known,
): {readonly state: 'warn' | 'fail'; readonly says: string; readonly settled: boolean} | undefined => {
	const {type, address, method} = record;
	const how = method.words[0] ?? '';
	if (how === 'reject') return undefined;
	if (how === 'trust')
		return {state: 'fail', says: 'trust lets everybody in as anybody, without a password', settled: true};
	if (type !== 'local' && isWide(address))
		return {state: how === 'cert' ? 'warn' : 'fail', says: `is open to every address, by ${how}`, settled: false};
	if (how === 'password') return {state: 'warn', says: 'password sends the password as it is', settled: true};
	if (how === 'ident' && type !== 'local' && !isLoopback(address))
		return {state: 'fail', says: 'ident believes what the computer of who asks says of them', settled: true};
	const becomes = mappedTo(record, idents, roles);
	if (becomes !== undefined) return {state: 'fail', says: becomes, settled: false};
	if (how === 'md5') {
		const oldHashes = [...roles].filter(([, {login, verifier}]) => login && verifier === 'md5').map(([name]) => name);
		const first = oldHashes.length === 0 ? '' : ` (${oldHashes.join(', ')}: ${lockedOut})`;
		return {
			state: 'warn',
			says: `md5 takes old hashes too; scram-sha-256 does not${first}`,
			settled: oldHashes.length === 0,
		};
	}
	return undefined;
};

/** More than any network of one's own: 0.0.0.0/0 in two halves as well. */
const isWide = (address: string): boolean =>
	address === 'all' || /^\d+\.\d+\.\d+\.\d+\/[0-7]$/.test(address) || /^[0-9a-f:]+\/([0-9]|1[0-5])$/i.test(address);

const isLoopback = (address: string): boolean => /^(127\.|::1\/|localhost$)/.test(address);

/** The line of a map that lets accounts of this host, besides root and postgres, become a superuser of the database. */
const mappedTo = ({method, users}: HbaRecord, idents: readonly IdentLine[], roles: Roles): string | undefined => {
	const map = method.words.map(word => /^map=(.*)$/.exec(word)?.[1]).find(word => word !== undefined);
	if (map === undefined || !['peer', 'ident', 'cert', 'gss', 'sspi'].includes(method.words[0] ?? '')) return undefined;
	const named = users.map(({value}) => value);
	const line = idents.find(
		one =>
			one.map === map &&
			!['root', 'postgres'].includes(one.system) &&
			roles.get(one.role)?.superuser === true &&
			(named.includes('all') || named.includes(one.role)),
	);
	if (line === undefined) return undefined;
	const who = line.system.startsWith('/') ? `whoever is called ${line.system.slice(1)}` : line.system;
	return `its map ${map} lets ${who} become ${line.role}, a superuser (${line.where})`;
};

/** Whoever still has such a hash cannot log in by scram-sha-256. */
const lockedOut = 'their passwords must be set anew first';

const words = (list: HbaRecord['databases']): string => list.map(({value}) => value).join(',');

/** `host app app 10.1.2.0/24`: what it is for. */
export const subject = ({type, databases, users, address}: HbaRecord): string =>
	[type, words(databases), words(users), ...(address === '' ? [] : [address])].join(' ');

/** The same with its method. */
export const shown = (record: HbaRecord): string => `${subject(record)} ${record.method.words.join(' ')}`;

/** The same record by another method. Names with blanks or commas are left to people. */
export const settingFor = ({type, databases, users, address}: HbaRecord): HbaSetting | undefined => {
	const [database, user] = [databases, users].map(list => list.map(({value}) => value));
	if (database === undefined || user === undefined || [...database, ...user, address].some(word => /[\s,]/.test(word)))
		return undefined;
	return {
		type: type as HbaType,
		database,
		user,
		...(address !== '' && {address}),
		method: type === 'local' ? 'peer' : 'scram-sha-256',
	};
};
