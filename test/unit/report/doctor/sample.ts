/** One report with every state in it, and a second one whose every text is hostile. */
import type {Report, Row} from '#doctor/types.ts';

const row = (one: Partial<Row> & Pick<Row, 'check' | 'state'>): Row => ({
	key: one.item === undefined ? one.check : `${one.check}[${one.item}]`,
	subject: one.check.split('.')[0] ?? '',
	title: `About ${one.check}`,
	says: '',
	severity: 'fail',
	source: 'guides/ipynbsrv.md, PostgreSQL',
	layers: {},
	fixable: false,
	seconds: 0.012,
	...one,
});

const rows: readonly Row[] = [
	row({
		check: 'mysql.bind',
		item: '3306',
		state: 'fail',
		says: 'answers from outside, though its file says 127.0.0.1',
		expected: '127.0.0.1',
		layers: {
			file: {
				value: '127.0.0.1',
				where: '/etc/mysql/mariadb.conf.d/50-server.cnf:27',
				path: '/etc/mysql/mariadb.conf.d/50-server.cnf',
				line: 27,
			},
			runtime: {value: '127.0.0.1', where: '@@bind_address'},
			kernel: {value: '*:3306', where: 'held by systemd for mariadb.socket, not by mariadbd'},
		},
		remedy: {
			sentence: 'closes mariadb.socket, no restart',
			commands: [['systemctl', 'disable', '--now', 'mariadb.socket']],
		},
		fixable: true,
		change: 'new',
		since: '2026-11-20T09:00:00.000Z',
		seconds: 0.045,
	}),
	row({check: 'mysql.anonymous', state: 'blocked', says: 'mariadb.service is down', by: 'mysql.running'}),
	row({
		check: 'redis.persistence',
		state: 'warn',
		severity: 'warn',
		says: 'changed in the file, not in the process',
		expected: '',
		layers: {
			file: {value: '', where: '/etc/redis/redis.conf:381', path: '/etc/redis/redis.conf', line: 381},
			runtime: {value: '3600 1 300 100', where: 'CONFIG GET save'},
		},
		remedy: {
			sentence: 'Restart redis-server, when its clients can bear it.',
			commands: [['systemctl', 'restart', 'redis-server']],
		},
		change: 'still',
		since: '2026-11-17T09:00:00.000Z',
	}),
	row({
		check: 'redis.bind',
		state: 'ok',
		says: 'only this host',
		expected: ['127.0.0.1', '::1'],
		layers: {kernel: {value: ['127.0.0.1:6379'], where: '/proc/net/tcp'}},
	}),
	row({
		check: 'tls.expiry',
		item: 'notebook1.example.org',
		state: 'warn',
		says: '19 days left, no timer renews it',
		expected: 30,
		layers: {file: {value: 19, where: '/etc/ssl/certs/site.pem', path: '/etc/ssl/certs/site.pem'}},
		ends: '2026-12-10T12:00:00.000Z',
		remedy: {sentence: 'Install certbot, whose timer renews it.'},
	}),
	row({
		check: 'tls.chain',
		state: 'fail',
		says: 'the chain is not complete',
		expected: true,
		layers: {file: {value: false, where: '/etc/ssl/certs/old.pem:1', path: '/etc/ssl/certs/old.pem', line: 1}},
		waived: {reason: 'goes away with the old site', until: '2027-01-01'},
	}),
	row({
		check: 'supervisor.programs',
		state: 'unknown',
		says: 'needs root: to read the socket',
		why: {because: 'needs-root', need: 'to read the socket'},
		layers: {runtime: {because: 'needs-root', need: 'to read the socket'}},
	}),
	row({
		check: 'django.debug',
		state: 'crash',
		says: '',
		fault: {
			code: 'internal',
			sentence: "cannot read properties of undefined (reading 'x')",
			hint: 'report it',
			details: ['at inspect (debug.ts:1)'],
		},
	}),
	row({check: 'apache.mpm', state: 'na', says: 'apache2 is not installed'}),
];

export const sample: Report = {
	schemaVersion: 1,
	version: '0.1.0',
	host: {name: 'notebook1', release: 'Debian 12'},
	at: '2026-11-21T12:00:00.000Z',
	root: '/',
	isRoot: false,
	seconds: 0.1134,
	counts: {
		ok: 1,
		warn: 2,
		fail: 1,
		unknown: 1,
		na: 1,
		blocked: 1,
		crash: 1,
		waived: 1,
		checks: 9,
		checked: 5,
		needRoot: 1,
		notApplicable: 1,
	},
	rows,
	causes: [{by: 'mysql.running', says: 'mariadb.service is not running: 1 check blocked', checks: ['mysql.anonymous']}],
	fixed: [{key: 'host.failed-units', was: 'fail', says: 'nslcd.service failed'}],
};

/** Whatever a file name, a setting or a certificate may hold. */
const evil =
	'"\'<script>alert(1)</script>&amp; ]]> \u0000\u0007\u001b[31mred\u001b[0m \r\n2nd line\t| # \\ %s {x} ümläut 日本 \u{1F600} \ud800 \u202e \u0085';

export const hostile: Report = {
	...sample,
	version: evil,
	host: {name: evil, release: evil},
	rows: [
		row({
			check: evil,
			item: evil,
			state: 'fail',
			says: evil,
			title: evil,
			source: evil,
			expected: {[evil]: [evil, null, true]},
			layers: {
				file: {value: evil, where: `/etc/${evil}`},
				runtime: {value: [evil], where: evil},
				kernel: {because: 'unreadable', need: evil},
			},
			remedy: {sentence: evil, commands: [[evil, evil]]},
			change: 'new',
			since: '2026-11-20T09:00:00.000Z',
		}),
		row({check: 'a.b', state: 'warn', says: evil, waived: {reason: evil}}),
		row({check: 'c.d', state: 'warn', says: evil}),
		row({check: 'c.e', state: 'crash', says: evil, fault: {code: evil, sentence: evil, hint: evil, details: [evil]}}),
		row({check: 'e.f', state: 'unknown', says: evil}),
	],
	causes: [{by: evil, says: evil, checks: [evil]}],
	fixed: [{key: evil, was: 'warn', says: evil}],
};
