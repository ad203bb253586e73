/** Django's answers as types, and what follows from them without asking it again. */
import type {Wrong} from './ask.ts';
import type {Row, Rows} from './rows.ts';

export type Missing = {
	readonly app: string;
	readonly name: string /** It has a package of migrations. */;
	readonly has: boolean /** It lies in the project. */;
	readonly own: boolean;
	readonly does: readonly string[];
};

export type Migrations = {
	/** App, name, and what it replaces. */
	readonly disk: readonly (readonly [string, string, readonly (readonly [string, string])[]])[];
	readonly missing: readonly Missing[];
	/** Two leaves in one app. */
	readonly conflicts: Readonly<Record<string, readonly string[]>>;
	/** Directory of each app's migrations. */
	readonly places: Readonly<Record<string, string>>;
	/** Tables that Django before 1.9 makes without migrations. */
	readonly tables: readonly string[];
	/** Tables of all models that Django itself looks after, in its first database. */
	readonly wanted: readonly string[];
};

export type AccountModel = {
	readonly table: string;
	readonly username: string;
	readonly email: string | null /** Column of each field. */;
	readonly columns: Readonly<Record<string, string>>;
};

export type Statics =
	| {readonly root: null; readonly why: string; readonly remote?: true}
	| {
			readonly root: string;
			/** Copied as they are: no hashed names, no compression. */
			readonly plain: boolean;
			/** Collected name and its source. */
			readonly files: Readonly<Record<string, string | null>>;
			/** What post-processing made. */
			readonly extra: readonly string[];
			readonly sources: readonly string[];
			readonly missing: readonly string[];
			readonly differing: readonly string[];
			readonly media: string | null;
	  };

export type Environment = {readonly paths: readonly string[]; readonly files: readonly string[]};

export type DjangoFacts = {
	readonly migrations: Migrations | Wrong;
	readonly model: AccountModel | Wrong;
	readonly statics: Statics | Wrong;
	/** undefined while there is no database. */
	readonly rows: Rows | Wrong | undefined;
};

/** `app.name` of migrations that are not applied, as far as files and rows tell: a squashed one stands for those it replaces, and the other way round. */
export const pendingOf = ({disk, tables}: Migrations, rows: Rows): readonly string[] => {
	const applied = new Set(rows.applied.map(([app, name]) => `${app}.${name}`));
	const replaced = new Set<string>();
	const satisfied = new Set<string>();
	for (const [app, name, replaces] of disk) {
		if (replaces.length === 0) continue;
		const old = replaces.map(one => one.join('.'));
		const done = old.filter(one => applied.has(one));
		if (applied.has(`${app}.${name}`) || done.length === 0) for (const one of old) replaced.add(one);
		else satisfied.add(`${app}.${name}`);
	}
	return [
		...disk
			.map(([app, name]) => `${app}.${name}`)
			.filter(one => !applied.has(one) && !replaced.has(one) && !satisfied.has(one)),
		...tables.filter(table => !rows.tables.includes(table)).map(table => `table ${table}`),
	];
};

/** The row of an account. */
export const accountIn = (rows: Rows, model: AccountModel, username: string): Row | undefined =>
	rows.accounts.find(row => row[model.username] === username);
