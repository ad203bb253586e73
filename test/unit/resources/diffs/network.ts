/** Diffs of networks, of what answers on them, and of the lists, locales and passwords that a stack of several servers needs. */
import {nftTableType} from '#resources/firewall/nft-table.ts';
import {jsonListType} from '#resources/json/json-list.ts';
import {localeType} from '#resources/locale/locale.ts';
import {bridgeType} from '#resources/network/bridge.ts';
import {proxyFileType} from '#resources/network/proxy-file.ts';
import {tcpAnswersType} from '#resources/network/tcp-answers.ts';
import {postfixListType} from '#resources/postfix/list-value.ts';
import {postgresAccessType} from '#resources/postgres/hba-records.ts';
import {connectingAccountsType} from '#resources/redis/connecting-accounts.ts';
import {setAsideType} from '#resources/redis/set-aside.ts';
import {httpAnswersType} from '#resources/web-proof/http-answers.ts';
import {htpasswdType} from '#resources/web-sites/htpasswd.ts';
import {password, tableOf} from './table.ts';

const owned = {mode: 0o644, uid: 0, gid: 0, owner: 'root:root', ours: true, id: '1', at: undefined};
const bridge = {there: true, up: true, addresses: ['10.9.9.1/24'], master: 'br0'} as const;
const table = 'table inet x {\n\tchain input {\n\t}\n}\n';
const record = {type: 'host', database: 'all', user: 'all', address: '10.9.9.0/24', method: 'scram-sha-256'} as const;
const line = 'host    all             all             10.9.9.0/24             scram-sha-256\n';
const request = {path: '/api', login: {user: 'ada', password: password[0]!}, status: 200, has: ['"a"']} as const;

const rules = {text: 'rules', uids: [0, 998], stack: 'one'} as const;
const variables = ['https_proxy=http://proxy.example:3128\n'];
const withFile = (same: boolean) => ({
	...owned,
	bytes: new TextEncoder().encode(same ? variables[0]! : 'other'),
	same,
	edited: false,
});

export const network = [
	tableOf(proxyFileType, {
		spec: {path: '/etc/systemd/p.env'},
		absent: [],
		desired: {
			'the same proxy': {state: {wanted: variables, file: {...withFile(true), mode: 0o600}}},
			'no proxy and no file': {state: {wanted: undefined, file: 'absent'}},
		},
		changes: {
			'another proxy': {
				state: {wanted: variables, file: {...withFile(false), mode: 0o600}},
				are: [['content', 'other content', 'content differs (2 lines)', 'content']],
			},
			'a proxy that is no more': {
				state: {wanted: undefined, file: withFile(true)},
				are: [['/etc/systemd/p.env', 'a proxy', null]],
			},
		},
	}),
	tableOf(bridgeType, {
		spec: {name: 'br0', member: 'br0-keep', address: '10.9.9.1', prefix: 24, by: 'networkd'},
		absent: [['bridge br0', null, 'up, with 10.9.9.1/24 and the member br0-keep']],
		desired: {
			'as asked': {state: bridge},
			'with another address as well': {state: {...bridge, addresses: ['10.0.0.1/8', '10.9.9.1/24']}},
		},
		changes: {
			'not there': {
				state: {there: false, up: false, addresses: [], master: undefined},
				are: [['bridge br0', null, 'up, with 10.9.9.1/24 and the member br0-keep']],
			},
			'down, without its address and its member': {
				state: {there: true, up: false, addresses: ['10.9.9.1/16'], master: null},
				are: [
					['br0', 'down', 'up'],
					['address of br0', '10.9.9.1/16', '10.9.9.1/24'],
					['member br0-keep', null, 'a port of br0'],
				],
			},
		},
	}),
	tableOf(nftTableType, {
		spec: {name: 'x', text: table, unit: 'x.service'},
		absent: [['table inet x', null, 'as in its file']],
		desired: {'the same but for blanks': {state: {now: table.replaceAll('\n', ' \n ')}}},
		changes: {
			flushed: {state: {now: undefined}, are: [['table inet x', null, 'as in its file']]},
			'with another rule': {
				state: {now: table.replace('input', 'output')},
				are: [['table inet x', 'other rules', 'as in its file']],
			},
		},
	}),
	tableOf(tcpAnswersType, {
		spec: {name: 'Redis', host: '10.9.9.1', port: 6379, say: 'PING\r\n', expect: '+PONG'},
		absent: [['Redis at 10.9.9.1:6379', null, '+PONG']],
		desired: {answers: {state: {heard: '+PONG\r\n'}}},
		changes: {
			'refuses strangers': {
				state: {heard: '-DENIED Redis is running in protected mode\r\nmore'},
				are: [['Redis at 10.9.9.1:6379', '-DENIED Redis is running in protected mode', '+PONG']],
			},
		},
	}),
	tableOf(connectingAccountsType, {
		spec: {names: ['app']},
		absent: [['connections to Redis (port 6379)', null, 'root, app and nobody else on this host']],
		desired: {'as in the file and the kernel': {state: {...rules, file: 'rules', now: [0, 998]}}},
		changes: {
			'no rules': {
				state: {...rules, file: undefined, now: undefined},
				are: [
					['/etc/redis-accounts.nft', null, 'root, app and nobody else on this host', 'file'],
					['rules in the kernel', 'every account of this host', 'root, app and nobody else on this host', 'loaded'],
				],
			},
			'the file of before': {
				state: {...rules, file: 'other', now: [0, 998]},
				are: [['/etc/redis-accounts.nft', 'other accounts', 'root, app and nobody else on this host', 'file']],
			},
			'rules for another account': {
				state: {...rules, file: 'rules', now: [0, 33]},
				are: [['rules in the kernel', 'the accounts 0, 33', 'root, app and nobody else on this host', 'loaded']],
			},
		},
	}),
	tableOf(setAsideType, {
		spec: {keys: ['a', 'b'], until: '/etc/systemd/system/a.service'},
		absent: [],
		desired: {'nothing is there': {state: {found: []}}},
		changes: {
			'what somebody put there': {
				state: {found: ['b']},
				are: [['what lies in the queues already', 'b', 'setup-aside:NAME, which nobody works off']],
			},
		},
	}),
	tableOf(postfixListType, {
		spec: {parameter: 'mynetworks', words: ['10.9.9.0/24']},
		absent: [['mynetworks', null, '10.9.9.0/24 as well', '', '10.9.9.0/24']],
		desired: {
			'among others': {state: {now: ['127.0.0.0/8', '10.9.9.0/24'], written: true}},
			'alone where no others may be': {
				spec: {parameter: 'inet_interfaces', words: ['localhost'], only: true},
				state: {now: ['localhost'], written: true},
			},
		},
		changes: {
			'not there': {
				state: {now: ['127.0.0.0/8'], written: true},
				are: [['mynetworks', '127.0.0.0/8', '10.9.9.0/24 as well', '', '10.9.9.0/24']],
			},
			'beside others that may not be': {
				spec: {parameter: 'inet_interfaces', words: ['localhost'], only: true},
				state: {now: ['all'], written: true},
				are: [['inet_interfaces', 'all', 'localhost']],
			},
		},
	}),
	tableOf(localeType, {
		spec: {name: 'en_US.UTF-8'},
		absent: [
			['/etc/locale.gen', null, 'en_US.UTF-8', 'named'],
			['locale en_US.UTF-8', null, 'made', 'made'],
		],
		desired: {made: {state: {made: true, named: true}}},
		changes: {
			'made and not named': {
				state: {made: true, named: false},
				are: [['/etc/locale.gen', null, 'en_US.UTF-8', 'named']],
			},
			'named and not made': {state: {made: false, named: true}, are: [['locale en_US.UTF-8', null, 'made', 'made']]},
		},
	}),
	tableOf(postgresAccessType, {
		spec: {name: 'x', records: [record]},
		absent: [['record', null, 'host all all 10.9.9.0/24 scram-sha-256', '', 'host all all 10.9.9.0/24']],
		desired: {'in force': {state: {path: '/h', text: line, loaded: true}}},
		changes: {
			'not there': {
				state: {path: '/h', text: 'local all postgres peer\n', loaded: true},
				are: [['/h', 'other records', 'host all all 10.9.9.0/24 scram-sha-256', 'file']],
			},
			'behind one that catches it': {
				state: {path: '/h', text: `host all all 0.0.0.0/0 md5\n${line}`, loaded: true},
				are: [['/h', 'other records', 'host all all 10.9.9.0/24 scram-sha-256', 'file']],
			},
			'not read yet': {
				state: {path: '/h', text: line, loaded: false},
				are: [['/h', 'not read since it changed', 'in force', 'load']],
			},
		},
	}),
	tableOf(jsonListType, {
		spec: {path: '/l.json', by: 'id', entries: [{id: '1', name: 'a'}], mode: 0o644, owner: 'root:root'},
		absent: [
			['entry 1', null, {id: '1', name: 'a'}, 'entries', '1'],
			['mode', null, '0644', 'mode'],
			['owner', null, 'root:root', 'owner'],
		],
		desired: {
			'with others, in another order': {state: {...owned, text: '[{"id": "7"}, {"name": "a", "id": "1"}]'}},
		},
		changes: {
			'another value, another mode': {
				state: {...owned, mode: 0o600, text: '[{"id": "1", "name": "b"}]'},
				are: [
					['entry 1', {id: '1', name: 'b'}, {id: '1', name: 'a'}, 'entries', '1'],
					['mode', '0600', '0644', 'mode'],
				],
			},
		},
	}),
	tableOf(httpAnswersType, {
		spec: {
			name: 'x',
			address: 'https://127.0.0.1:443',
			host: 'x',
			requests: [request, {...request, login: {...request.login, wrong: true}, status: 401, has: []}],
		},
		absent: [
			['/api as ada', null, '200, "\\"a\\""', '', '/api as ada'],
			['/api with a wrong password', null, '401', '', '/api with a wrong password'],
		],
		desired: {'as asked': {state: {wrong: []}}},
		changes: {
			'open to everybody': {
				state: {wrong: [{request: '/api with a wrong password', saw: 'status 200'}]},
				are: [['/api with a wrong password', 'status 200', '401', '', '/api with a wrong password']],
			},
		},
	}),
	tableOf(htpasswdType, {
		spec: {path: '/p', user: 'ada', password: password[0]!, mode: 0o640, owner: 'root:www-data'},
		absent: [
			['password of ada', null, 'as answered, SHA-512', 'entry'],
			['mode', null, '0640', 'mode'],
			['owner', null, 'root:www-data', 'owner'],
		],
		desired: {right: {state: {...owned, mode: 0o640, text: 'ada:$6$x\n', is: 'right'}}},
		changes: {
			another: {
				state: {...owned, text: 'ada:$6$x\n', is: 'other'},
				are: [
					['password of ada', 'another', 'as answered, SHA-512', 'entry'],
					['mode', '0644', '0640', 'mode'],
				],
			},
			'in another hash': {
				state: {...owned, mode: 0o640, text: 'ada:$apr1$x\n', is: 'weak'},
				are: [['password of ada', 'in a hash that is not ours', 'as answered, SHA-512', 'entry']],
			},
		},
	}),
];
