/** Diffs of packages and what they are answered. */
import {aptPackagesType} from '#resources/apt/apt-packages.ts';
import {debFilesType} from '#resources/apt/deb-files.ts';
import {debconfType} from '#resources/apt/debconf.ts';
import {dpkgConsistentType} from '#resources/apt/dpkg-consistent.ts';
import {password, tableOf} from './table.ts';

const missing = {name: 'nginx', have: null, candidate: '1.22'} as const;

export const apt = [
	tableOf(aptPackagesType, {
		spec: {names: ['nginx', {name: 'slapd', version: '>=2.5'}]},
		absent: [
			['package nginx', null, 'newest', 'package', 'nginx'],
			['package slapd', null, '>=2.5', 'package', 'slapd'],
		],
		desired: {
			installed: {state: {missing: []}},
			'another node speaks of what comes along': {state: {missing: [], note: 'no lists'}},
		},
		changes: {
			'one missing, with what it needs': {
				state: {missing: [missing], extra: {adds: 3, upgrades: 1, removes: ['apache2'], download: '2 MB'}},
				are: [
					['package nginx', null, '1.22', 'package', 'nginx'],
					['what they need', null, '3 more packages, 1 upgraded, 2 MB in all to download'],
					['package apache2', 'installed', null, 'package', 'apache2'],
				],
			},
			'too old, lists unknown': {
				state: {missing: [{name: 'slapd', version: '>=2.5', have: '2.4', candidate: null}], note: 'no lists'},
				are: [
					['package slapd', '2.4', '>=2.5', 'package', 'slapd'],
					['note', null, 'no lists'],
				],
			},
		},
	}),
	tableOf(debFilesType, {
		spec: {directory: '/srv/debs', names: ['mongodb-server']},
		absent: [['package mongodb-server', null, 'that in /srv/debs', 'package', 'mongodb-server']],
		desired: {installed: {state: {missing: []}}},
		changes: {
			'one new, one newer': {
				state: {
					missing: [
						{name: 'mongodb-server', version: '3.6', path: '/srv/debs/a.deb', have: null},
						{name: 'libssl1.1', version: '1.1.1f', path: '/srv/debs/b.deb', have: '1.1.1a'},
					],
				},
				are: [
					['package mongodb-server', null, '3.6, of /srv/debs', 'package', 'mongodb-server'],
					['package libssl1.1', '1.1.1a', '1.1.1f, of /srv/debs', 'package', 'libssl1.1'],
				],
			},
		},
	}),
	tableOf(debconfType, {
		spec: {
			package: 'slapd',
			answers: [
				{question: 'slapd/domain', type: 'string', value: 'a.b'},
				{question: 'slapd/password1', type: 'password', value: password},
			],
		},
		absent: [
			['slapd/domain', null, 'a.b'],
			['slapd/password1', null, '••••(password)'],
		],
		desired: {
			'installed already, whatever was answered': {state: {installed: true, given: []}},
			answered: {
				spec: {package: 'slapd', answers: [{question: 'slapd/domain', type: 'string', value: 'a.b'}]},
				state: {installed: false, given: [{question: 'slapd/domain', value: 'a.b', seen: true}]},
			},
		},
		changes: {
			'another answer, and another password, which is not shown': {
				state: {
					installed: false,
					given: [
						{question: 'slapd/domain', value: 'c.d', seen: true},
						{question: 'slapd/password1', value: 'theirs', seen: true},
					],
				},
				are: [
					['slapd/domain', 'c.d', 'a.b'],
					['slapd/password1', 'another answer', '••••(password)'],
				],
			},
			'the right one, not marked as seen': {
				spec: {package: 'slapd', answers: [{question: 'slapd/domain', type: 'string', value: 'a.b'}]},
				state: {installed: false, given: [{question: 'slapd/domain', value: 'a.b', seen: false}]},
				are: [['slapd/domain', 'a.b', 'a.b']],
			},
		},
	}),
	tableOf(dpkgConsistentType, {
		spec: {},
		absent: [],
		desired: {whole: {state: {packages: [], cutOff: false}}},
		changes: {
			'half configured, cut off': {
				state: {packages: ['nginx'], cutOff: true},
				are: [
					['package', 'nginx', 'configured'],
					['dpkg', 'cut off', 'finished'],
				],
			},
		},
	}),
];
