/** Diffs of what is in LDAP and PostgreSQL. */
import {ldapBindType} from '#resources/ldap/bind.ts';
import {ldapConfigType} from '#resources/ldap/config.ts';
import {ldapDatabaseType} from '#resources/ldap/database.ts';
import {ldapEntryType} from '#resources/ldap/entry.ts';
import {postgresDatabaseType} from '#resources/postgres/database.ts';
import {postgresLoginType} from '#resources/postgres/login.ts';
import {postgresOwnerType} from '#resources/postgres/owner.ts';
import {postgresRoleType} from '#resources/postgres/role.ts';
import {postgresSettingType} from '#resources/postgres/setting.ts';
import {password, tableOf} from './table.ts';

const server = {
	kind: 'remote',
	uri: 'ldap://ldap.example',
	bindDn: 'cn=admin,dc=x',
	password,
	mayChange: true,
} as const;
const owned = {
	login: true,
	owner: 'django',
	schemaOwner: 'django',
	encoding: 'UTF8',
	superuser: false,
	createDatabases: false,
	defaults: {timezone: 'UTC'},
} as const;
const entry = {dn: 'cn=ada,dc=x', server, attributes: {objectClass: ['person'], sn: 'Ada'}, password} as const;
const ada = {objectClass: ['person', 'top'], sn: ['Ada'], cn: ['ada']};
const config = {
	dn: 'cn=config',
	values: {olcLogLevel: ['none']},
	password: 'right',
	stored: '{ARGON2}x',
	scheme: 'argon2',
} as const;
const role = {
	login: true,
	createdb: false,
	createrole: false,
	superuser: false,
	replication: false,
	bypassrls: false,
	inherit: false,
};
const now = {
	value: '100',
	unit: null,
	type: 'integer',
	context: 'postmaster',
	pendingRestart: false,
	source: 'file',
	file: null,
};
const own =
	"# Written by setup, and wholly its own: put your own settings into another file of this directory.\nmax_connections = '50'\n";

export const servers = [
	tableOf(ldapBindType, {
		spec: {server, dn: 'cn=ada,dc=x', password},
		absent: [['login of cn=ada,dc=x to ldap://ldap.example', null, 'works']],
		desired: {works: {state: {works: true}}},
		changes: {
			refused: {
				state: {works: false, why: 'refused'},
				are: [['login of cn=ada,dc=x to ldap://ldap.example', 'refused', 'works']],
			},
		},
	}),
	tableOf(ldapConfigType, {
		spec: {
			entry: {is: 'database', suffix: 'dc=x'},
			set: [{attribute: 'olcLogLevel', values: ['none']}],
			rootPassword: password,
		},
		absent: [
			['olcLogLevel', null, ['none']],
			['olcRootPW', null, 'as answered, salted and strong'],
		],
		desired: {'as asked': {state: config}},
		changes: {
			'another value and password': {
				state: {...config, values: {olcLogLevel: ['stats']}, password: 'wrong'},
				are: [
					['olcLogLevel', ['stats'], ['none']],
					['olcRootPW', 'another', 'as answered, salted and strong'],
				],
			},
			'a value that should not be there': {
				spec: {entry: {is: 'global'}, set: [{attribute: 'olcLogLevel', values: []}]},
				state: config,
				are: [['olcLogLevel', ['none'], null]],
			},
		},
	}),
	tableOf(ldapDatabaseType, {
		spec: {suffix: 'dc=x', rootDn: 'cn=admin,dc=x'},
		absent: [['database for dc=x', null, 'mdb']],
		desired: {there: {state: 'present'}},
		changes: {'no slapd': {state: 'no slapd', are: [['database for dc=x', null, 'mdb']]}},
	}),
	tableOf(ldapEntryType, {
		spec: entry,
		absent: [
			['objectClass', null, 'person'],
			['sn', null, 'Ada'],
			['cn', null, 'ada'],
			['userPassword', null, 'as answered, salted and strong'],
		],
		desired: {
			'as asked': {state: {entry: ada, password: {is: 'right', stored: ['{ARGON2}x']}, scheme: 'argon2'}},
			'a password changed by its owner': {
				spec: {...entry, passwordWhen: 'created'},
				state: {entry: ada, password: {is: 'wrong', stored: ['{ARGON2}x']}, scheme: 'argon2'},
			},
		},
		changes: {
			'another name and password': {
				state: {entry: {...ada, sn: ['Eva']}, password: {is: 'wrong', stored: ['{ARGON2}x']}, scheme: 'argon2'},
				are: [
					['sn', 'Eva', 'Ada'],
					['userPassword', 'another', 'as answered, salted and strong'],
				],
			},
		},
	}),
	tableOf(postgresDatabaseType, {
		spec: {name: 'app', owner: 'app'},
		absent: [
			['database app', null, 'UTF8'],
			['owner', null, 'app'],
		],
		desired: {there: {state: {owner: 'app', open: true}}},
		changes: {
			'not there': {
				state: {owner: null, template: 'template0'},
				are: [
					['database app', null, 'UTF8'],
					['owner', null, 'app'],
				],
			},
			"another's, closed": {
				state: {owner: 'postgres', open: false},
				are: [
					['owner', 'postgres', 'app', 'owner'],
					['connections', 'refused', 'allowed', 'connections'],
				],
			},
		},
	}),
	tableOf(postgresLoginType, {
		spec: {host: 'db', port: 5432, user: 'app', password, database: 'app'},
		absent: [['login of app to app at db:5432', null, 'works']],
		desired: {works: {state: {works: true}}},
		changes: {
			refused: {state: {works: false, why: 'refused'}, are: [['login of app to app at db:5432', 'refused', 'works']]},
		},
	}),
	tableOf(postgresOwnerType, {
		spec: {
			server: {host: 'db', port: 5432},
			administrator: {user: 'master', password},
			role: 'django',
			password,
			database: 'app',
			createDatabases: false,
			defaults: {timezone: 'UTC'},
		},
		absent: [
			['role django', null, 'logs in, owns no more than it needs'],
			['owner of app and of its schema public', null, 'django'],
			['timezone', null, 'UTC'],
		],
		desired: {'as asked': {state: owned}},
		changes: {
			'no such role': {
				state: {login: false, why: 'password authentication failed'},
				are: [
					['role django', 'password authentication failed', 'logs in, owns no more than it needs'],
					['owner of app and of its schema public', null, 'django'],
					['timezone', null, 'UTC'],
				],
			},
			'of somebody else': {
				state: {...owned, owner: 'master', schemaOwner: 'postgres', createDatabases: true, defaults: {timezone: 'CET'}},
				are: [
					['owner of app', 'master', 'django'],
					['owner of its schema public', 'postgres', 'django'],
					['may make databases', true, false],
					['timezone', 'CET', 'UTC'],
				],
			},
		},
	}),
	tableOf(postgresRoleType, {
		spec: {name: 'app', password},
		absent: [
			['role app', null, 'login'],
			['password', null, 'SCRAM-SHA-256', 'password'],
		],
		desired: {'as asked': {state: {powers: role, expired: null, password: 'right', stored: 'x'}}},
		changes: {
			'not there': {
				state: {powers: null},
				are: [
					['role app', null, 'login'],
					['password', null, 'SCRAM-SHA-256', 'password'],
				],
			},
			'too much power, expired, weak': {
				state: {powers: {...role, superuser: true}, expired: '2020-01-01', password: 'weak', stored: 'md5x'},
				are: [
					['superuser', true, false],
					['valid until', '2020-01-01', 'for ever', 'valid-until'],
					['password', 'right, but not stored as SCRAM-SHA-256', 'as answered, SCRAM-SHA-256', 'password'],
				],
			},
		},
	}),
	tableOf(postgresSettingType, {
		spec: {settings: {max_connections: '50'}},
		absent: [['max_connections', null, '50']],
		desired: {
			'as asked': {state: {path: '/etc/p.conf', old: new TextEncoder().encode(own), wrong: []}},
			'right without a file of ours': {state: {path: '/etc/p.conf', old: undefined, wrong: []}},
		},
		changes: {
			'another value': {
				state: {path: '/etc/p.conf', old: undefined, wrong: [{name: 'max_connections', now}]},
				are: [
					['max_connections', '100', '50'],
					['/etc/p.conf', null, '1 lines'],
				],
			},
			'not taken up yet': {
				state: {
					path: '/etc/p.conf',
					old: new TextEncoder().encode(own),
					wrong: [{name: 'max_connections', now: {...now, pendingRestart: true}}],
				},
				are: [['max_connections', '100, until a restart', '50']],
			},
		},
	}),
];
