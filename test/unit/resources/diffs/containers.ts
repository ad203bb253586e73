/** Diffs of CC-Server and what it stands on: MongoDB, an image with its registry, closed ports. */
import {ccUserType} from '#resources/cc-server/cc-user.ts';
import {containerImageType} from '#resources/containers/image.ts';
import {closedPortsType} from '#resources/firewall/closed-ports.ts';
import {htpasswdEntryType} from '#resources/htpasswd/htpasswd-entry.ts';
import {mongodbUserType} from '#resources/mongodb/mongodb-user.ts';
import {instanceProofType} from '#resources/openslides/instance-proof.ts';
import {ccServerProofType} from '#resources/web-proof/cc-server.ts';
import {password, tableOf} from './table.ts';

const role = {role: 'readWrite', db: 'ccdb'};
const account = {host: '127.0.0.1', port: 27_017, database: 'ccdb', user: 'cc', password, roles: [role]} as const;
const image = {
	engine: 'docker',
	reference: '127.0.0.1:5001/x:1',
	from: {context: '/srv/x'},
	registry: {user: 'cc', password},
} as const;
const entry = {path: '/etc/x', user: 'cc', password, mode: 0o640, owner: 'root:root'};
const noLine = {others: [], line: undefined, digest: 'a', id: '1'};
const somebody = {
	name: 'ada',
	password,
	admin: true,
	checkout: '/srv/cc',
	python: '/srv/venv/bin/python',
	as: 'cc',
	mongo: {host: '127.0.0.1', port: 27_017, login: {user: 'cc', password, database: 'ccdb'}},
};
const proof = {
	address: 'https://127.0.0.1:443',
	host: 'cc.example.org',
	base: '/cc',
	certificate: '/etc/x.crt',
	user: 'admin',
	password: password[0]!,
	nodes: ['local'],
	log: {path: '/srv/cc/log/server.log', owner: 'ccuser'},
	unit: 'apache2.service',
	task: {image: 'x', input: 'https://172.17.0.1/cc/', registry: {user: 'cc', password: password[0]!}},
	watch: [],
};
const promise = 'it answers, refuses strangers, and local is healthy; the argument of a task comes back';

const aWholeLife = 'an instance is made through the API, answers over HTTPS, is removed, and nothing is left of it';

export const containers = [
	tableOf(mongodbUserType, {
		spec: account,
		absent: [
			['account cc in ccdb', null, 'may log in', 'account'],
			['password', null, 'as answered', 'password'],
			['readWrite in ccdb', null, 'given', 'role', 'readWrite'],
		],
		desired: {'as answered': {state: {there: true, password: 'right', lacks: []}}},
		changes: {
			none: {
				state: {there: false},
				are: [
					['account cc in ccdb', null, 'may log in', 'account'],
					['password', null, 'as answered', 'password'],
					['readWrite in ccdb', null, 'given', 'role', 'readWrite'],
				],
			},
			'another password': {
				state: {there: true, password: 'wrong', lacks: []},
				are: [['password', 'another', 'as answered', 'password']],
			},
			'no role': {
				state: {there: true, password: 'right', lacks: [role]},
				are: [['readWrite in ccdb', null, 'given', 'role', 'readWrite']],
			},
		},
	}),
	tableOf(containerImageType, {
		spec: image,
		absent: [
			['image 127.0.0.1:5001/x:1', null, 'built', 'built'],
			['in the registry', null, 'pushed', 'pushed'],
		],
		desired: {
			'there and pushed': {state: {image: 'sha256:a', current: true, pushed: true, asked: 'q'}},
			'pushed nowhere': {
				spec: {engine: 'podman', reference: 'x:1', from: {context: '/srv/x'}},
				state: {image: 'sha256:a', current: true, pushed: undefined, asked: 'q'},
			},
		},
		changes: {
			'not loaded yet': {
				spec: {engine: 'podman', reference: 'x:1', from: {archive: '/srv/x.tar'}},
				state: {image: undefined, current: false, pushed: undefined, asked: 'q'},
				are: [['image x:1', null, 'from /srv/x.tar', 'built']],
			},
			'not pulled yet': {
				spec: {engine: 'podman', reference: 'x:1', from: {pull: true}},
				state: {image: undefined, current: false, pushed: undefined, asked: 'q'},
				are: [['image x:1', null, 'pulled', 'built']],
			},
			'not brought yet': {
				spec: {engine: 'podman', reference: 'x:1', from: {local: true}},
				state: {image: undefined, current: false, pushed: undefined, asked: 'q'},
				are: [['image x:1', null, 'there', 'built']],
			},
			'made of other files': {
				state: {image: 'sha256:a', current: false, pushed: true, asked: 'q'},
				are: [
					['image 127.0.0.1:5001/x:1', 'of other making', 'built', 'built'],
					['in the registry', null, 'pushed', 'pushed'],
				],
			},
			'gone from the registry': {
				state: {image: 'sha256:a', current: true, pushed: false, asked: 'q'},
				are: [['in the registry', null, 'pushed', 'pushed']],
			},
		},
	}),
	tableOf(htpasswdEntryType, {
		spec: entry,
		absent: [['password of cc', null, 'as answered, as bcrypt']],
		desired: {right: {state: {...noLine, line: 'cc:$2y$x', password: 'right'}}},
		changes: {
			none: {state: {...noLine, password: 'none'}, are: [['password of cc', null, 'as answered, as bcrypt']]},
			another: {
				state: {...noLine, line: 'cc:$2y$x', password: 'wrong'},
				are: [['password of cc', 'another', 'as answered, as bcrypt']],
			},
			'another kind of hash': {
				state: {...noLine, line: 'cc:$apr1$x', password: 'weak'},
				are: [['password of cc', 'not bcrypt', 'as answered, as bcrypt']],
			},
		},
	}),
	tableOf(closedPortsType, {
		spec: {name: 'x', ports: [1, 2]},
		absent: [
			['port 1', 'open to everybody', 'this host only', '', '1'],
			['port 2', 'open to everybody', 'this host only', '', '2'],
		],
		desired: {closed: {state: {closed: [1, 2]}}},
		changes: {'one open': {state: {closed: [1]}, are: [['port 2', 'open to everybody', 'this host only', '', '2']]}},
	}),
	tableOf(ccUserType, {
		spec: somebody,
		absent: [
			['account ada', null, 'with admin rights'],
			['password', null, 'as answered', 'password'],
		],
		desired: {there: {state: {admin: true, password: 'right'}}},
		changes: {
			'no admin, another password': {
				state: {admin: false, password: 'wrong'},
				are: [
					['admin rights', 'no', 'yes'],
					['password', 'another', 'as answered', 'password'],
				],
			},
		},
	}),
	tableOf(instanceProofType, {
		spec: {
			site: 'os.example.org',
			address: 'https://127.0.0.1:443',
			certificate: '/etc/x.crt',
			instanceCertificate: '/etc/y.crt',
			user: 'admin',
			password: password[0]!,
			domain: 'os.example.org',
			version: '1',
			metadata: '/srv/m',
			instances: '/srv/i',
			watch: [],
		},
		absent: [['proof', null, aWholeLife]],
		desired: {proven: {state: {proven: true, saw: '', digest: 'a'}}},
		changes: {
			'not proven': {
				state: {proven: false, saw: 'not proven yet', digest: 'a'},
				are: [['proof', 'not proven yet', aWholeLife]],
			},
		},
	}),
	tableOf(ccServerProofType, {
		spec: proof,
		absent: [['proof', null, promise]],
		desired: {proven: {state: {proven: true, saw: '', digest: 'a'}}},
		changes: {
			'not proven': {
				state: {proven: false, saw: 'not proven yet', digest: 'a'},
				are: [['proof', 'not proven yet', promise]],
			},
		},
	}),
];
