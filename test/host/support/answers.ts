/** The answers of the fixture, with the names and secrets of a test laid over them. */
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {parse, stringify} from 'yaml';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {answersFile, checkout} from './setup.ts';

export type Person = {
	readonly name: string;
	readonly givenName: string;
	readonly surname: string;
	readonly mail: string;
};

export type Case = {
	readonly name: string;
	/** Given by {file: ...}; the others are generated. */
	readonly secrets: {
		readonly admin: string;
		readonly user: string;
		readonly superuser: string;
		readonly database?: string;
	};
	readonly organization: string;
	readonly user: Person;
	/** Nothing but what is required is answered: every other question has its default. */
	readonly requiredAlone?: true;
};

/** Under which the site is asked for from outside. */
export const siteName = 'ipynbsrv.example.org';

/** As most people answer. The secrets are canaries: nowhere but where they belong may they turn up. */
export const plain: Case = {
	name: 'plain',
	secrets: {admin: 'Canary-4f1c-directory', user: 'Canary-93be-ada', superuser: 'Canary-77d0-superuser'},
	organization: 'ipynbsrv',
	user: {name: 'ada', givenName: 'Ada', surname: 'Lovelace', mail: 'ada@example.org'},
};

/** Everything that some shell, SQL, LDAP, LDIF, debconf, Python, ini or HTML could take for its own. */
export const hostile: Case = {
	name: 'hostile',
	secrets: {
		admin: `-w '"\\$(id)\`id\`; DROP TABLE x;-- *)(uid=*)) %s %% {0} é ß 漢 \u{1f511} #`,
		user: ` leading and trailing, &<script>+=%41 \\n "q" 'q' $HOME ñ : `,
		superuser: `:{SSHA}"'\`$(reboot)\\\\ ~ !\u{1f600} %(x)s <&>`,
		database: `'; ALTER ROLE postgres PASSWORD 'x'; -- \\' "$1" $$ %s ü \u{1f40d} {x}`,
	},
	organization: `O'Reilly & "Söhne" $(touch /etc/owned) \\, + ; <b> *)(cn=*  #1`,
	user: {
		name: 'o-brien_x',
		givenName: '*)(uid=*))(|(uid=*',
		surname: `O'Brien "$(id)", <b>\\2a;--é 漢\u{1f600}`,
		mail: "o'brien+x@example.org",
	},
};

/** Where the secret files are, inside. */
const secretsDir = '/root/secrets';

export type Sections = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Writes answers and secret files as an operator would: 0600, with a line end. */
export const putAnswers = (host: ThrowAway, one: Case, more: Sections = {}): void => {
	for (const [name, value] of Object.entries(one.secrets)) putSecret(host, name, value);
	writeFileSync(join(host.root, answersFile), stringify(answersOf(one, more)), {mode: 0o600});
};

/** What `more` has is laid over, step by step. */
const answersOf = ({secrets, organization, user, requiredAlone}: Case, more: Sections): Sections => {
	const {application, ...required} = parse(
		readFileSync(join(checkout, 'fixtures/answers/ipynbsrv.yaml'), 'utf8'),
	) as Sections;
	const fixture: Sections = requiredAlone ? required : {...required, application: application ?? {}};
	const own: Sections = {
		'ldap-directory': {
			...fixture['ldap-directory'],
			organization,
			adminPassword: secretFile('admin'),
			firstUser: {...(fixture['ldap-directory']?.['firstUser'] as object), ...user, password: secretFile('user')},
		},
		...(secrets.database !== undefined && {postgres: {mode: 'local', password: secretFile('database')}}),
		'app-settings': {allowedHosts: [siteName, 'localhost']},
		superuser: {...fixture['superuser'], password: secretFile('superuser')},
		'app-server': {...fixture['app-server'], memberText: `Signed in as ${user.name}`},
	};
	const laid = {...fixture, ...own};
	return {
		...laid,
		...Object.fromEntries(Object.entries(more).map(([step, section]) => [step, {...laid[step], ...section}])),
	};
};

/** The reference to a secret that `putSecret` wrote. */
const secretFile = (name: string): {readonly file: string} => ({file: `${secretsDir}/${name}`});

export const putSecret = (host: ThrowAway, name: string, value: string): void => {
	mkdirSync(join(host.root, secretsDir), {recursive: true, mode: 0o700});
	writeFileSync(join(host.root, secretsDir, name), `${value}\n`, {mode: 0o600});
};
