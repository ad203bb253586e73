/** Diffs of a Django project: its migrations, static files and first account. */
import {djangoMakeMigrationsType} from '#resources/django/make-migrations.ts';
import {djangoCollectstaticType, djangoMigrateType} from '#resources/django/migrate-and-collect.ts';
import {djangoSuperuserType} from '#resources/django/superuser.ts';
import {password, tableOf} from './table.ts';

const project = {python: '/srv/venv/bin/python', directory: '/srv/x', settings: 'x.settings', user: 'app'};
const collected = {at: 'seen', root: '/srv/static', rootWas: true, missing: [], differing: [], before: []} as const;
const row = {username: 'ada', email: 'ada@x', is_superuser: true, is_staff: true, is_active: true};
const model = {table: 'auth_user', username: 'username', email: 'email', columns: {}};
const account = {at: 'there', row, model, right: true, stored: 'pbkdf2$x'} as const;

export const django = [
	tableOf(djangoMakeMigrationsType, {
		spec: {project},
		absent: [['missing migrations', null, 'made']],
		desired: {'none missing': {state: {at: 'seen', missing: [], places: [], before: []}}},
		changes: {
			'not to be told yet': {
				state: {at: 'unseen', why: 'no settings', places: [], before: []},
				are: [['missing migrations', 'no settings', 'made']],
			},
			'one missing': {
				state: {
					at: 'seen',
					missing: [{app: 'core', name: '0001_initial', has: true, own: true, does: ['Create model A']}],
					places: [],
					before: [],
				},
				are: [['migration of core', null, '0001_initial (Create model A)']],
			},
		},
	}),
	tableOf(djangoMigrateType, {
		spec: {project},
		absent: [['migrations', null, 'all applied']],
		desired: {applied: {state: {at: 'seen', pending: []}}},
		changes: {
			'not to be told yet': {
				state: {at: 'unseen', why: 'no database'},
				are: [['migrations', 'no database', 'all applied']],
			},
			'one to apply': {
				state: {at: 'seen', pending: ['core.0001_initial']},
				are: [['migrations', '1 not applied: core.0001_initial', 'all applied']],
			},
		},
	}),
	tableOf(djangoCollectstaticType, {
		spec: {project},
		absent: [['static files', null, 'collected']],
		desired: {collected: {state: collected}},
		changes: {
			'not to be told yet': {
				state: {at: 'unseen', why: 'no settings'},
				are: [['static files', 'no settings', 'collected']],
			},
			'missing and old ones': {
				state: {...collected, missing: ['a.css'], differing: ['b.css']},
				are: [
					['static files in /srv/static', '1 missing: a.css', 'collected'],
					['static files in /srv/static', '1 not as their source: b.css', 'collected anew'],
				],
			},
		},
	}),
	tableOf(djangoSuperuserType, {
		spec: {project, username: 'ada', email: 'ada@x', password},
		absent: [
			['account ada', null, 'superuser, ada@x'],
			['password', null, 'as answered'],
		],
		desired: {there: {state: account}},
		changes: {
			'not to be told yet': {
				state: {at: 'unseen', why: 'no database'},
				are: [
					['account ada', 'no database', 'superuser, ada@x'],
					['password', null, 'as answered'],
				],
			},
			'no staff, another address and password': {
				state: {...account, row: {...row, is_staff: false, email: 'eva@x'}, right: false},
				are: [
					['is_staff', false, true],
					['email', 'eva@x', 'ada@x'],
					['password', 'another', 'as answered'],
				],
			},
		},
	}),
];
