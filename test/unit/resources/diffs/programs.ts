/** Diffs of what is fetched, built and run: code, environments, Django, assets, units, and the proofs at the end. */
import {assetBuildType} from '#resources/assets/build.ts';
import {npmToolType} from '#resources/assets/npm-tool.ts';
import {sourceBuildType} from '#resources/build/source-build.ts';
import {demoSourcesType} from '#resources/demo/demo-sources.ts';
import {downloadType} from '#resources/download/download.ts';
import {gitCheckoutType} from '#resources/git/checkout.ts';
import {codeMentionsType} from '#resources/git/code-mentions.ts';
import {requirementsType} from '#resources/preflight/host-requirements.ts';
import {venvType} from '#resources/python/venv.ts';
import {unitType} from '#resources/units/unit.ts';
import {httpProofType} from '#resources/web-proof/login.ts';
import {password, tableOf} from './table.ts';

const digest = (count: number) => ({quick: 'a', content: 'a', count});
const roots = {mode: 0o644, uid: 0, gid: 0, owner: 'root:root', ours: true, id: '1', at: undefined} as const;
const built = {why: undefined, stamp: undefined, inputs: digest(1), outputs: digest(1), before: undefined} as const;
const sum = 'a'.repeat(64);
const stamp = {name: 'x', version: '1', archive: sum, flags: ['--a'], dropped: [], says: 'x 1', quick: 'q', files: {}};
const build = {at: 'built', aside: false, stamp, archive: sum, damaged: []} as const;
const commit = (letter: string): string => letter.repeat(40);
const tree = {
	head: commit('a'),
	branch: 'main',
	origin: 'https://git/x',
	foreign: [],
	edited: [],
	missing: [],
	ours: [],
};
const pin = {url: 'https://git/x', ref: 'main', kind: 'branch', commit: commit('a')} as const;
const running = {
	load: 'loaded',
	active: 'active',
	result: 'success',
	enabled: true,
	needsReload: false,
	type: 'simple',
	newer: [],
} as const;
const venv = {created: true, over: null, wanted: 'w', packages: [], top: []};
const there = {at: 'there', broken: undefined, stamp: venv, wanted: 'w', off: []} as const;
const needs = {memoryMiB: [1, 2], diskMiB: 1, ports: [], installed: '/x', accept: 'host.accept'} as const;

export const programs = [
	tableOf(assetBuildType, {
		spec: {name: 'less', argv: ['lessc', 'a', 'b'], cwd: '/srv', as: 'app', inputs: ['a'], outputs: ['b']},
		absent: [['b', null, 'made by lessc']],
		desired: {made: {state: built}},
		changes: {
			'its input changed': {
				state: {...built, why: 'other inputs'},
				are: [['b', 'other inputs', 'made again by lessc']],
			},
			'nothing there': {state: {...built, why: 'never', outputs: digest(0)}, are: [['b', null, 'made by lessc']]},
		},
	}),
	tableOf(npmToolType, {
		spec: {name: 'less', version: '4.2.0', prefix: '/opt/less', bin: 'lessc'},
		absent: [['less (npm)', null, '4.2.0']],
		desired: {installed: {state: {version: '4.2.0', bin: true, parent: true}}},
		changes: {
			older: {state: {version: '3.0.0', bin: true, parent: true}, are: [['less (npm)', '3.0.0', '4.2.0']]},
			'without its command': {
				state: {version: '4.2.0', bin: false, parent: true},
				are: [['less (npm)', '4.2.0', '4.2.0']],
			},
		},
	}),
	tableOf(sourceBuildType, {
		spec: {name: 'x', archive: '/x.tar.gz', version: '1', prefix: '/opt/x', flags: ['--a'], binary: 'bin/x'},
		absent: [['build', null, 'x 1 in /opt/x, 1 flags']],
		desired: {built: {state: build}, 'its archive gone since': {state: {...build, archive: undefined}}},
		changes: {
			'an empty directory': {state: {at: 'absent', over: null}, are: [['build', null, 'x 1 in /opt/x, 1 flags']]},
			'moved aside, another version and flag, damaged': {
				state: {...build, aside: true, stamp: {...stamp, version: '0', flags: ['--b']}, damaged: ['bin/x']},
				are: [
					['place', 'moved aside by a run that was interrupted', '/opt/x', 'place'],
					['version', '0', '1'],
					['flags', '--b', '--a'],
					['installed files', 'missing or changed: bin/x', 'as built'],
				],
			},
			'older than the release, with a library that no archive carries any more': {
				state: {...build, orphaned: ['libpcre3']},
				are: [['libraries', 'libpcre3, which no archive carries any more', 'those of this release']],
			},
		},
	}),
	tableOf(demoSourcesType, {
		spec: {directory: '/srv', fixtures: '/f'},
		absent: [
			['/srv/ipynbsrv.git', null, 'the small application, as a git repository'],
			['/srv/openresty.tar.gz', null, "a source archive laid out as OpenResty's, around Debian's nginx"],
		],
		desired: {there: {state: {repository: true, archive: true}}},
		changes: {
			'no repository': {
				state: {repository: false, archive: true},
				are: [['/srv/ipynbsrv.git', null, 'the small application, as a git repository']],
			},
		},
	}),
	tableOf(downloadType, {
		spec: {from: 'https://x/y', to: '/opt/y', check: {sha256: sum}},
		absent: [
			['file', null, `https://x/y, sha256 ${sum}`, 'file'],
			['mode', null, '0644', 'mode'],
			['owner', null, 'root:root', 'owner'],
		],
		desired: {good: {state: {...roots, digest: sum, good: true, bytes: undefined}}},
		changes: {
			'another content and mode': {
				state: {...roots, mode: 0o600, digest: 'b', good: false, bytes: undefined},
				are: [
					['file', 'another content (sha256 b)', `https://x/y, sha256 ${sum}`, 'file'],
					['mode', '0600', '0644', 'mode'],
				],
			},
		},
	}),
	tableOf(gitCheckoutType, {
		spec: {url: 'https://git/x', ref: 'main', directory: '/srv/x', user: 'app'},
		absent: [['checkout', null, 'main of https://git/x']],
		desired: {there: {state: {at: 'checkout', tree, pin, todo: {do: 'nothing'}, settled: [], others: []}}},
		changes: {
			'nothing there': {state: {at: 'absent', empty: null}, are: [['checkout', null, 'main of https://git/x']]},
			'moved on, another origin': {
				state: {
					at: 'checkout',
					tree: {...tree, origin: 'https://old/x'},
					pin,
					todo: {do: 'move', fetch: true, target: {kind: 'branch', name: 'main', commit: commit('b')}},
					settled: ['site.conf'],
					others: [{path: 'a/settings.py', committed: 'A = 1\n', theirs: 'A = 1\nB = 2\n'}],
				},
				are: [
					['origin', 'https://old/x', 'https://git/x'],
					['commit', 'aaaaaaaaaaaa', 'bbbbbbbbbbbb (branch main)'],
					['settings in site.conf', 'of an earlier setup', 'as committed'],
					['what others wrote into a/settings.py', '1 line', 'carried over'],
				],
			},
			'theirs, taken as it is, a file missing': {
				state: {
					at: 'checkout',
					tree: {...tree, missing: ['a.py']},
					pin: undefined,
					todo: {do: 'adopt'},
					settled: [],
					others: [],
				},
				are: [
					['pinned commit', null, 'aaaaaaaaaaaa (as it is)'],
					['missing files', 'a.py', 'as committed'],
				],
			},
		},
	}),
	tableOf(venvType, {
		spec: {
			directory: '/srv/venv',
			python: '/usr/bin/python3',
			kind: {tool: 'venv'},
			packages: ['Django<5'],
			user: 'app',
		},
		absent: [['environment', null, 'venv of /usr/bin/python3, Django<5']],
		desired: {
			there: {state: there},
			"the system's packages": {state: {at: 'system', missing: [], ready: true}},
		},
		changes: {
			'not there': {
				state: {at: 'absent', over: null},
				are: [['environment', null, 'venv of /usr/bin/python3, Django<5']],
			},
			'broken, cut off, a package changed': {
				state: {...there, broken: 'no python', stamp: undefined, off: ['Django 3']},
				are: [
					['environment', 'no python', 'made again by venv of /usr/bin/python3'],
					['requirements', 'not installed to the end', 'Django<5'],
					['packages', 'Django 3', 'as installed'],
				],
			},
			"the system's lack one": {
				state: {at: 'system', missing: ['Django'], ready: true},
				are: [['Python packages', 'missing: Django', 'from the system']],
			},
		},
	}),
	tableOf(unitType, {
		spec: {name: 'x.service', enabled: true, running: true},
		absent: [
			['at boot', null, 'enabled', 'boot'],
			['running', null, 'active', 'running'],
		],
		desired: {
			running: {state: running},
			'always there, reloading': {state: {...running, active: 'reloading', enabled: 'always'}},
			'stopped, and nobody asked': {spec: {name: 'x.service'}, state: {...running, active: 'inactive', enabled: false}},
		},
		changes: {
			'stopped and disabled': {
				state: {...running, active: 'failed', enabled: false},
				are: [
					['at boot', 'disabled', 'enabled', 'boot'],
					['running', 'failed', 'active', 'running'],
				],
			},
			'runs with older files': {
				spec: {name: 'x.service', takesUp: 'reload'},
				state: {...running, needsReload: true, newer: ['/etc/x']},
				are: [
					['unit file', 'as systemd read it before', 'read again'],
					['runs with older files', '/etc/x', 'reloaded', 'stale'],
				],
			},
			'runs and should not': {
				spec: {name: 'x.service', running: false},
				state: running,
				are: [['running', 'active', 'inactive', 'running']],
			},
		},
	}),
	tableOf(httpProofType, {
		spec: {
			name: 'login',
			address: 'http://127.0.0.1',
			host: 'x',
			path: '/',
			login: {path: '/login', user: 'ada', password: password[0]!, page: '/', expect: 'Ada'},
		},
		absent: [['proof', null, 'ada logs in and sees "Ada"; wrong and unknown ones do not']],
		desired: {proven: {state: {proven: true, saw: '', digest: 'd'}}},
		changes: {
			'a page that is not as expected': {
				spec: {name: 'page', address: 'http://127.0.0.1', host: 'x', path: '/p', status: 301},
				state: {proven: false, saw: '404', digest: ''},
				are: [['proof', '404', '/p answers 301']],
			},
		},
	}),
	// These look, and refuse where they do not like it: there is nothing that they would change.
	tableOf(codeMentionsType, {
		spec: {
			tree: {directory: '/srv/x', user: 'x'},
			files: ['*.py'],
			settings: {path: 'settings.py', made: []},
			value: 'a',
			answered: 'b',
			furtherBy: 'app.further',
			acceptedBy: 'app.accept',
		},
		absent: [],
		desired: {'mentioned nowhere': {state: []}},
		changes: {},
	}),
	tableOf(requirementsType, {
		spec: {needs, accepted: []},
		absent: [],
		desired: {met: {state: 'met'}},
		changes: {},
	}),
];
