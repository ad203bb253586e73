/** Diffs of web servers, databases of MariaDB, and what makes a web application: modules, sites, certificates, a firewall, programs, instances. */
import {apacheModuleType} from '#resources/apache/module.ts';
import {apacheMpmType} from '#resources/apache/mpm.ts';
import {apacheSiteType} from '#resources/apache/site.ts';
import {aptListsType} from '#resources/apt/apt-source.ts';
import {demoRepositoryType} from '#resources/demo/demo-repository.ts';
import {firewallType} from '#resources/firewall/nftables.ts';
import {rulesText} from '#resources/firewall/rules.ts';
import {ufwType} from '#resources/firewall/ufw.ts';
import {instanceType} from '#resources/made-once/instance.ts';
import {instanceUpgradeType} from '#resources/made-once/upgrade.ts';
import {mysqlAccountType} from '#resources/mysql/account.ts';
import {mysqlDatabaseType} from '#resources/mysql/database.ts';
import {mysqlLoginType} from '#resources/mysql/login.ts';
import {loopbackOnlyType} from '#resources/network/loopback-only.ts';
import {setupPyType} from '#resources/python/setup-py.ts';
import {redisAsInFileType} from '#resources/redis/as-in-file.ts';
import {supervisorProgramType} from '#resources/supervisor/program.ts';
import {weblabProofType} from '#resources/web-proof/weblab.ts';
import {hstsType} from '#resources/web-sites/hsts.ts';
import {password, tableOf} from './table.ts';

const link = (path: string) => ({path, target: `../${path}`});
const account = {
	password: 'right',
	made: 'CREATE USER x',
	locked: false,
	everywhere: '',
	mayGrant: false,
	lacks: [],
} as const;
const instance = {
	directory: '/srv/w/one',
	user: 'w',
	python: '/v/bin/python',
	program: '/v/bin/make',
	arguments: [['create'], ['--password=', ...password]],
	marks: ['a.yml'],
	databases: ['w'],
	fixed: {cores: '1'},
	changeable: 'The name may change.',
} as const;
const shut = {
	file: undefined,
	replaceable: true,
	enabled: false,
	active: false,
	now: undefined,
	onTrial: false,
	others: [],
	ssh: [22],
	inside: ['docker*'],
	stack: 'w',
} as const;
const proven =
	'as in the file, once new connections to sshd on port 22 have come through; else taken back, by a timer where this run dies';
const inUfw = {
	enabled: true,
	refuses: true,
	ports: {22: 'limit', 443: 'allow'},
	narrowed: [],
	interfaces: ['docker0'],
	onTrial: false,
	others: [],
	ssh: [22],
	inside: ['docker0'],
	stack: 'w',
	forward: {},
} as const;
const setup = {name: 'x', checkout: '/c', environment: '/v', user: 'w', program: 'x', leaves: []} as const;
const proof = {
	name: 'x',
	address: 'https://127.0.0.1',
	host: 'a.example',
	base: '',
	certificate: '/c.pem',
	user: 'admin',
	password: password[0]!,
	experiment: {name: 'dummy', category: 'Dummy'},
	watch: [],
} as const;

const written = {mode: 0o644, uid: 0, gid: 0, owner: 'root:root', ours: true, id: '1', at: undefined};
const sent = 'add_header Strict-Transport-Security "max-age=86400" always;\n';

export const web = [
	tableOf(hstsType, {
		spec: {path: '/etc/nginx/x-hsts.conf', text: sent, seconds: 86_400, names: ['x.example'], certificate: '/c'},
		absent: [
			[
				'Strict-Transport-Security',
				null,
				'sent, for 1 days: the site answers with a certificate that this host trusts',
			],
		],
		desired: {
			'sent already': {
				state: {file: {...written, bytes: new TextEncoder().encode(sent), same: true, edited: false}, good: true},
			},
			'no good answer yet': {state: {file: 'absent', good: false}},
		},
		changes: {
			'a first good answer': {
				state: {file: 'absent', good: true},
				are: [
					[
						'Strict-Transport-Security',
						null,
						'sent, for 1 days: the site answers with a certificate that this host trusts',
					],
				],
			},
		},
	}),
	tableOf(mysqlDatabaseType, {
		spec: {name: 'w'},
		absent: [
			['database w', null, 'utf8mb4'],
			['collation', null, 'utf8mb4_general_ci'],
		],
		desired: {there: {state: {charset: 'utf8mb4', collation: 'utf8mb4_general_ci'}}},
		changes: {
			latin: {
				state: {charset: 'latin1', collation: 'latin1_swedish_ci'},
				are: [
					['character set', 'latin1', 'utf8mb4', 'charset'],
					['collation', 'latin1_swedish_ci', 'utf8mb4_general_ci', 'collation'],
				],
			},
		},
	}),
	tableOf(mysqlAccountType, {
		spec: {user: 'w', host: 'localhost', password, databases: ['d']},
		absent: [
			['account w@localhost', null, 'may log in'],
			['password', null, 'as answered', 'password'],
			['rights in d', null, 'all', 'rights', 'd'],
		],
		desired: {there: {state: account}},
		changes: {
			'all of it': {
				state: {...account, password: 'wrong', locked: true, everywhere: 'SUPER', mayGrant: true, lacks: ['d']},
				are: [
					['password', 'another', 'as answered', 'password'],
					['account', 'locked', 'may log in', 'locked'],
					['rights over all databases', 'SUPER, GRANT OPTION', 'none', 'everywhere'],
					['rights in d', null, 'all', 'rights', 'd'],
				],
			},
		},
	}),
	tableOf(mysqlLoginType, {
		spec: {host: '127.0.0.1', port: 3306, user: 'w', database: 'd', password},
		absent: [['login of w to d at 127.0.0.1:3306', null, 'works']],
		desired: {works: {state: {works: true}}},
		changes: {
			refused: {
				state: {works: false, why: 'Access denied'},
				are: [['login of w to d at 127.0.0.1:3306', 'Access denied', 'works']],
			},
		},
	}),
	tableOf(apacheModuleType, {
		spec: {names: ['ssl']},
		absent: [['module ssl', 'off', 'on', '', 'ssl']],
		desired: {on: {state: {missing: []}}},
		changes: {
			'one of its own is off': {
				state: {missing: [link('mods-enabled/socache_shmcb.load')]},
				are: [['module socache_shmcb', 'off', 'on', '', 'socache_shmcb']],
			},
		},
	}),
	tableOf(apacheMpmType, {
		spec: {mpm: 'threads'},
		absent: [['MPM', null, 'event']],
		desired: {worker: {state: {on: ['worker'], make: [], remove: []}}},
		changes: {
			prefork: {
				state: {
					on: ['prefork'],
					make: [link('mods-enabled/mpm_event.load')],
					remove: [link('mods-enabled/mpm_prefork.load')],
				},
				are: [['MPM', 'prefork', 'event']],
			},
		},
	}),
	tableOf(apacheSiteType, {
		spec: {name: 'w', enabled: true},
		absent: [['site', 'off', 'on']],
		desired: {
			on: {state: {target: '../sites-available/w.conf'}},
			off: {spec: {name: 'w', enabled: false}, state: 'off'},
		},
		changes: {
			'on where it should be off': {
				spec: {name: 'w', enabled: false},
				state: {target: '../sites-available/w.conf'},
				are: [['site', 'on', 'off']],
			},
		},
	}),
	tableOf(aptListsType, {
		spec: {name: 'x', uri: 'http://a/debian', suite: 'bullseye', components: ['main'], keyring: '/k'},
		absent: [['package lists of bullseye', null, 'fetched']],
		desired: {there: {state: {fetched: true}}},
		changes: {gone: {state: {fetched: false}, are: [['package lists of bullseye', null, 'fetched']]}},
	}),
	tableOf(demoRepositoryType, {
		spec: {directory: '/d', name: 'x', source: '/s'},
		absent: [['/d/x.git', null, 'the small application, as a git repository']],
		desired: {there: {state: {there: true, directory: true}}},
		changes: {
			gone: {
				state: {there: false, directory: true},
				are: [['/d/x.git', null, 'the small application, as a git repository']],
			},
		},
	}),
	tableOf(firewallType, {
		spec: {ports: [22, 443], confirm: 'proof', minutes: 10},
		absent: [['firewall', null, 'open: 22, 443; all else refused']],
		desired: {
			'as asked': {
				state: {
					...shut,
					enabled: true,
					now: {ports: [22, 443], inside: ['docker*']},
					file: {text: rulesText(new Map([['w', {ports: [22, 443], inside: ['docker*']}]])), mode: 0o644, owner: '0:0'},
				},
			},
			'on trial': {
				spec: {ports: [22, 443], confirm: 'login', minutes: 10},
				state: {...shut, onTrial: true, now: {ports: [22, 443], inside: ['docker*']}},
			},
		},
		changes: {
			none: {
				state: shut,
				are: [
					['/etc/nftables.conf', null, 'open: 22, 443; all else refused', 'file'],
					['rules in the kernel', null, proven, 'loaded'],
					['at boot', 'disabled', 'enabled', 'boot'],
				],
			},
			"another stack's ports stay": {
				state: {
					...shut,
					enabled: true,
					now: {ports: [22, 8080], inside: ['docker*']},
					file: {
						text: rulesText(new Map([['v', {ports: [22, 8080], inside: ['docker*']}]])),
						mode: 0o644,
						owner: '0:0',
					},
				},
				are: [
					['/etc/nftables.conf', 'other rules', 'open: 22, 443, 8080; all else refused', 'file'],
					['rules in the kernel', null, proven, 'loaded'],
				],
			},
		},
	}),
	tableOf(ufwType, {
		spec: {ports: [22, 443], confirm: 'proof', minutes: 10},
		absent: [['ufw', null, 'allows 22, 443; all else refused']],
		desired: {
			'as asked, with a limit of somebody': {state: inUfw},
			'sshd for some only': {state: {...inUfw, ports: {443: 'allow'}, narrowed: ['20:30']}},
		},
		changes: {
			'a port less, and inactive': {
				state: {...inUfw, enabled: false, ports: {22: 'limit'}, interfaces: []},
				are: [
					['ufw, port 443/tcp', null, 'allow', 'port', '443'],
					['ufw, what comes from docker0', null, 'allow: guests of this host are behind it', 'interface', 'docker0'],
					['ufw', 'inactive', `active, ${proven}`, 'enabled'],
				],
			},
		},
	}),
	tableOf(instanceType, {
		spec: instance,
		absent: [['instance', null, 'made by /v/bin/make']],
		desired: {
			made: {state: {at: 'made', fixed: {cores: '1'}}},
			'made by somebody': {state: {at: 'made', fixed: {}}},
		},
		changes: {
			'nothing there': {
				state: {at: 'none', directory: 'absent', inUse: []},
				are: [['instance', null, 'made']],
			},
			'a try': {
				state: {at: 'none', directory: 'of a try of setup', inUse: []},
				are: [['instance', 'a try that did not end', 'made']],
			},
		},
	}),
	tableOf(instanceUpgradeType, {
		spec: {directory: '/d', user: 'w', program: '/v/x', runs: 'x', databases: ['w'], installedBy: 'x'},
		absent: [['instance', null, 'fits the installed code']],
		desired: {fits: {state: {installed: 'a', fits: 'a'}}},
		changes: {
			'other code': {
				state: {installed: 'b', fits: 'a'},
				are: [['instance', 'fits a', 'fits b; its databases are dumped before tables change']],
			},
		},
	}),
	tableOf(loopbackOnlyType, {
		spec: {port: 3306},
		absent: [['port 3306', null, 'this host only']],
		desired: {closed: {state: {addresses: ['127.0.0.1', '::1', '::ffff:127.0.0.1']}}},
		changes: {open: {state: {addresses: ['::']}, are: [['port 3306', '::', 'this host only']]}},
	}),
	tableOf(setupPyType, {
		spec: setup,
		absent: [['x', null, 'installed by setup.py']],
		desired: {installed: {state: {head: 'a', installed: 'a', gone: []}}},
		changes: {
			'another commit': {state: {head: 'b', installed: 'a', gone: []}, are: [['x', 'a', 'b', 'commit']]},
			damaged: {
				state: {head: 'a', installed: 'a', gone: ['bin/x']},
				are: [['x', 'bin/x is gone', 'installed again', 'gone']],
			},
		},
	}),
	tableOf(redisAsInFileType, {
		spec: {settings: {save: '', appendonly: 'no'}},
		absent: [
			['save', null, 'nothing', 'save'],
			['appendonly', null, 'no', 'appendonly'],
		],
		desired: {same: {state: {settings: {save: '', appendonly: 'no'}}}},
		changes: {
			'somebody set it': {
				state: {settings: {save: '60 1', appendonly: 'no'}},
				are: [['save', '60 1', 'nothing', 'save']],
			},
		},
	}),
	tableOf(supervisorProgramType, {
		spec: {name: 'w', file: '/f.conf', running: true},
		absent: [
			['program w', null, 'known to supervisor', 'known'],
			['running', null, 'RUNNING', 'running'],
		],
		desired: {runs: {state: {state: 'RUNNING', newer: [], why: '', silent: []}}},
		changes: {
			fatal: {
				state: {state: 'FATAL', newer: [], why: 'spawn error', silent: []},
				are: [['running', 'FATAL: spawn error', 'RUNNING', 'running']],
			},
			stale: {
				state: {state: 'RUNNING', newer: ['/f.conf'], why: '', silent: [10_001]},
				are: [['runs with older files', '/f.conf', 'restarted', 'stale']],
			},
			'a process of it dead': {
				state: {state: 'RUNNING', newer: [], why: '', silent: [10_001]},
				are: [['runs without one of its processes', 'nobody listens on port 10001', 'restarted', 'silent']],
			},
		},
	}),
	tableOf(weblabProofType, {
		spec: proof,
		absent: [['proof', null, 'admin logs in and uses dummy; a wrong password does not']],
		desired: {proven: {state: {proven: true, saw: '', digest: 'a'}}},
		changes: {
			'not proven': {
				state: {proven: false, saw: 'not proven yet', digest: 'a'},
				are: [['proof', 'not proven yet', 'admin logs in and uses dummy; a wrong password does not']],
			},
		},
	}),
];
