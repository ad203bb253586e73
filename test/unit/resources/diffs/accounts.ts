/** Diffs of accounts, groups and how they are looked up. */
import {getentProofType} from '#resources/accounts/getent-proof.ts';
import {groupType} from '#resources/accounts/group.ts';
import {pamProfileType} from '#resources/accounts/pam-profile.ts';
import {personType} from '#resources/accounts/person.ts';
import {userType} from '#resources/accounts/user.ts';
import {tableOf} from './table.ts';

const app = {
	there: true,
	home: '/srv/app',
	shell: '/usr/sbin/nologin',
	gecos: '',
	group: 'app',
	groups: ['app'],
} as const;

export const accounts = [
	tableOf(getentProofType, {
		spec: {database: 'passwd', key: 'ada'},
		absent: [['proof', null, 'getent passwd ada answers']],
		desired: {found: {state: {entry: 'ada:x:1:1::/:/bin/sh'}}},
		changes: {'not found': {state: {entry: undefined}, are: [['proof', 'nothing', 'getent passwd ada answers']]}},
	}),
	tableOf(groupType, {
		spec: {name: 'app'},
		absent: [['group', null, 'app']],
		desired: {there: {state: {gid: 7}}},
		changes: {'not there': {state: 'absent', are: [['group', null, 'app']]}},
	}),
	tableOf(pamProfileType, {
		spec: {name: 'ldap', enabled: true},
		absent: [['PAM profile ldap', null, true]],
		desired: {
			on: {state: {enabled: true}},
			'off, as asked': {spec: {name: 'ldap', enabled: false}, state: {enabled: false}},
		},
		changes: {off: {state: {enabled: false}, are: [['PAM profile ldap', false, true]]}},
	}),
	tableOf(personType, {
		spec: {name: 'ada', groups: ['sudo', 'www-data']},
		absent: [
			['account', null, 'ada', 'account'],
			['home', null, '/home/ada'],
			['password', null, 'none, logs in by key'],
			['member of', null, 'sudo', 'member'],
			['member of', null, 'www-data', 'member'],
		],
		desired: {'there, with more groups': {state: {there: true, groups: ['ada', 'sudo', 'www-data', 'theirs']}}},
		changes: {
			'not there': {
				spec: {name: 'ada'},
				state: {there: false},
				are: [
					['account', null, 'ada', 'account'],
					['home', null, '/home/ada'],
					['password', null, 'none, logs in by key'],
				],
			},
			'no member yet': {
				state: {there: true, groups: ['ada', 'www-data']},
				are: [['member of', null, 'sudo', 'member']],
			},
		},
	}),
	tableOf(userType, {
		spec: {name: 'app', home: '/srv/app', groups: ['docker']},
		absent: [
			['user', null, 'app'],
			['home', null, '/srv/app'],
			['shell', null, '/usr/sbin/nologin'],
			['member of', null, 'docker', 'member'],
		],
		desired: {
			'there, with more groups': {state: {...app, groups: ['app', 'docker', 'theirs']}},
			'a name that nobody asked for': {spec: {name: 'app', home: '/srv/app'}, state: {...app, gecos: 'Of them'}},
		},
		changes: {
			'not there': {
				spec: {name: 'app', home: '/srv/app'},
				state: {there: false, ownGroup: true},
				are: [
					['user', null, 'app'],
					['home', null, '/srv/app'],
					['shell', null, '/usr/sbin/nologin'],
				],
			},
			'another home, no member': {
				state: {...app, home: '/home/app'},
				are: [
					['home', '/home/app', '/srv/app'],
					['member of', null, 'docker', 'member'],
				],
			},
			'another group and name': {
				spec: {name: 'app', home: '/srv/app', group: 'www-data', gecos: 'App'},
				state: app,
				are: [
					['gecos', '', 'App'],
					['group', 'app', 'www-data'],
				],
			},
		},
	}),
];
