/** Diffs of files, links, directories, settings in files, and copies. */

import {certbotType} from '#resources/certificates/certbot.ts';
import {ownCertificateType} from '#resources/certificates/own-certificate.ts';
import {selfSignedType} from '#resources/certificates/self-signed.ts';
import {absentType} from '#resources/files/absent.ts';
import {copyTreeType} from '#resources/files/copy-tree.ts';
import {directoryType} from '#resources/files/directory.ts';
import {editType} from '#resources/files/edit.ts';
import {fileType} from '#resources/files/file.ts';
import {symlinkType} from '#resources/files/symlink.ts';
import {rootCopyType} from '#resources/web-sites/root-copy.ts';
import {password, tableOf} from './table.ts';

const roots = {mode: 0o644, uid: 0, gid: 0, owner: 'root:root', ours: true, id: '1', at: undefined} as const;
const theirs = {...roots, uid: 7, gid: 7, owner: 'app:app', ours: false} as const;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const digest = (content: string) => ({quick: content, content, count: content === '' ? 0 : 1});

const edit = {path: '/etc/x', format: 'shell', settings: [{key: 'COLOUR', value: ['red']}]} as const;
const seen = (source: string) => ({...roots, bytes: bytes(source), source, encoding: 'utf8' as const});

const pair = {certificate: '/etc/site.crt', key: '/etc/site.key', names: ['example.org']} as const;
const valid = {good: true, says: 'until 2030-01-01', bytes: bytes('PEM'), id: '1'} as const;
const closed = {there: true, mode: 0o600, id: '2'} as const;
const signed = 'signed by itself, for example.org';

const acme = {
	name: 'page',
	names: ['www.example.org', 'example.org'],
	server: 'https://acme.example.org/directory',
	webroot: '/var/lib/acme-challenge',
} as const;
const issued = {
	names: ['example.org', 'www.example.org'],
	until: new Date('2999-01-01'),
	server: acme.server,
	authenticator: 'webroot',
	webroots: {'example.org': acme.webroot, 'www.example.org': acme.webroot},
};
const asked =
	'for www.example.org, example.org, asked of acme.example.org, which comes to port 80 of each name (http-01); its terms are agreed to';
const askedAgain = (from: string | null) => [['certificate page', from, asked, 'certificate']] as const;

export const files = [
	tableOf(certbotType, {
		spec: acme,
		absent: askedAgain(null),
		desired: {
			"a day before its end, which is the timer's": {state: {...issued, until: new Date(Date.now() + 86_400_000)}},
		},
		changes: {
			none: {state: 'none', are: askedAgain(null)},
			'for other names': {state: {...issued, names: ['example.org']}, are: askedAgain('for example.org')},
			'of another authority': {
				state: {...issued, server: 'https://acme-v02.api.letsencrypt.org/directory'},
				are: askedAgain('from acme-v02.api.letsencrypt.org'),
			},
			'which certbot cannot renew by the web server': {
				state: {...issued, authenticator: 'standalone', webroots: {}},
				are: askedAgain('by standalone'),
			},
			'from another directory': {
				state: {...issued, webroots: {...issued.webroots, 'example.org': '/srv/www'}},
				are: askedAgain('by /srv/www'),
			},
			ended: {state: {...issued, until: new Date('2020-01-02')}, are: askedAgain('ended on 2020-01-02')},
		},
	}),
	tableOf(ownCertificateType, {spec: pair, absent: [], desired: {'they fit': {state: 'fits'}}, changes: {}}),
	tableOf(selfSignedType, {
		spec: pair,
		absent: [
			['key', null, 'a new one for /etc/site.key', 'key'],
			['/etc/site.crt', null, signed, 'certificate'],
		],
		desired: {'for the names, with a month left': {state: {key: closed, certificate: valid}}},
		changes: {
			'for another name': {
				state: {key: closed, certificate: {...valid, good: false, says: 'not for example.org'}},
				are: [['/etc/site.crt', 'not for example.org', signed, 'certificate']],
			},
			'the key is gone': {
				state: {key: {there: false}, certificate: valid},
				are: [
					['key', null, 'a new one for /etc/site.key', 'key'],
					['/etc/site.crt', 'until 2030-01-01', signed, 'certificate'],
				],
			},
			'a key that others can read': {
				state: {key: {...closed, mode: 0o644}, certificate: valid},
				are: [['mode of the key', '0644', '0600', 'mode']],
			},
		},
	}),
	tableOf(absentType, {
		spec: {path: '/etc/x'},
		absent: [],
		desired: {gone: {state: 'absent'}},
		changes: {
			'a link': {state: {kind: 'symlink', target: '/y', id: '1'}, are: [['link', '/y', null]]},
			'a file': {
				state: {kind: 'file', bytes: bytes('x'), mode: 0o644, owner: 'root:root', id: '1'},
				are: [['file', 'present', null]],
			},
		},
	}),
	tableOf(copyTreeType, {
		spec: {name: 'site', from: '/usr/share/x', to: '/srv/x', as: 'root'},
		absent: [['/srv/x', null, 'a copy of /usr/share/x']],
		desired: {
			'the same': {
				state: {source: digest('a'), copy: digest('a'), outputs: digest('a'), stamp: undefined, before: undefined},
			},
		},
		changes: {
			empty: {
				state: {source: digest('a'), copy: digest(''), outputs: digest(''), stamp: undefined, before: undefined},
				are: [['/srv/x', null, 'a copy of /usr/share/x']],
			},
			'other files': {
				state: {source: digest('a'), copy: digest('b'), outputs: digest('b'), stamp: undefined, before: undefined},
				are: [['/srv/x', 'other files', 'a copy of /usr/share/x']],
			},
			'cut off while it was copied': {
				state: {
					source: digest('a'),
					copy: digest('a'),
					outputs: digest('a'),
					stamp: {source: digest('a'), copy: digest('a'), outputs: digest('a'), building: true},
					before: undefined,
				},
				are: [['/srv/x', 'other files', 'a copy of /usr/share/x']],
			},
		},
	}),
	tableOf(directoryType, {
		spec: {path: '/srv/x', mode: 0o750, owner: 'app:app'},
		absent: [
			['directory', null, 'present'],
			['mode', null, '0750', 'mode'],
			['owner', null, 'app:app', 'owner'],
		],
		desired: {
			'as asked': {state: {...roots, mode: 0o750, owner: 'app:app'}},
			'theirs, nothing asked': {spec: {path: '/srv/x'}, state: theirs},
		},
		changes: {
			'mode and owner': {
				state: {...roots, ours: false},
				are: [
					['mode', '0644', '0750', 'mode'],
					['owner', 'root:root', 'app:app', 'owner'],
				],
			},
		},
	}),
	tableOf(editType, {
		spec: edit,
		absent: [['COLOUR', null, 'as answered']],
		desired: {'set, in their way of writing': {state: seen('# theirs\nCOLOUR=red\n')}},
		changes: {
			'another value': {state: seen('COLOUR=blue\n'), are: [['COLOUR', 'otherwise', 'as answered']]},
			'not set, another mode': {
				spec: {...edit, mode: 0o600},
				state: seen('SIZE=3\n'),
				are: [
					['COLOUR', null, 'as answered'],
					['mode', '0644', '0600', 'mode'],
				],
			},
			'no file, and it may be made': {
				spec: {...edit, create: '# new\n', mode: 0o600},
				state: 'absent',
				are: [
					['file', null, 'present'],
					['COLOUR', null, 'as answered'],
					['mode', null, '0600', 'mode'],
				],
			},
		},
	}),
	tableOf(fileType, {
		spec: {path: '/etc/x', text: ['password ', ...password, '\n'], owner: 'root:root'},
		absent: [
			['content', null, '1 lines', 'content'],
			['mode', null, '0600', 'mode'],
			['owner', null, 'root:root', 'owner'],
		],
		desired: {
			'the same': {state: {...roots, mode: 0o600, bytes: bytes('x'), same: true, edited: false}},
			'theirs, nothing asked': {
				spec: {path: '/etc/x', text: 'x'},
				state: {...theirs, bytes: bytes('x'), same: true, edited: false},
			},
		},
		changes: {
			'another content, too open': {
				state: {...roots, bytes: bytes('password old\n'), same: false, edited: false},
				are: [
					['content', 'other content', 'content differs (1 line)', 'content'],
					['mode', '0644', '0600', 'mode'],
				],
			},
			'another owner': {
				state: {...theirs, mode: 0o600, bytes: bytes('x'), same: true, edited: false},
				are: [['owner', 'app:app', 'root:root', 'owner']],
			},
		},
	}),
	tableOf(symlinkType, {
		spec: {path: '/etc/x', target: '/y'},
		absent: [['target', null, '/y']],
		desired: {'leads there': {state: {target: '/y', id: '1'}}},
		changes: {'leads elsewhere': {state: {target: '/z', id: '1'}, are: [['target', '/z', '/y']]}},
	}),
	tableOf(rootCopyType, {
		spec: {
			from: '/srv/app/site.conf',
			checkout: '/srv/app',
			user: 'app',
			path: '/etc/nginx/sites/app',
			conf: '/etc/nginx',
			accepted: [],
			acceptedBy: 'web.accept',
			format: 'nginx',
			settings: [],
		},
		absent: [
			['copy', null, 'of /srv/app/site.conf'],
			['mode', null, '0644', 'mode'],
			['owner', null, 'root:root', 'owner'],
		],
		desired: {'the same': {state: {wanted: 'a\n', deeds: [], now: {...roots, bytes: bytes('a\n')}}}},
		changes: {
			'no copy, and what is refused': {
				state: {wanted: 'a\n', deeds: [{line: 3, directive: 'access_log', why: 'root writes it'}], now: 'absent'},
				are: [
					['content', null, 'of /srv/app/site.conf', 'content'],
					['line 3: access_log', null, 'refused: root writes it'],
					['mode', null, '0644', 'mode'],
					['owner', null, 'root:root', 'owner'],
				],
			},
			'a link, as it was before there were copies': {
				state: {
					wanted: 'a\n',
					deeds: [],
					now: {link: '/srv/app/site.conf', shows: 'b\n', roots: false, editedSource: true},
				},
				are: [
					['link', '/srv/app/site.conf', 'a copy that is of root alone'],
					['content', 'other content', 'of /srv/app/site.conf: content differs (1 line)', 'content'],
					['settings in /srv/app/site.conf', 'of setup', 'as committed'],
				],
			},
			'another owner': {
				state: {wanted: 'a\n', deeds: [], now: {...theirs, bytes: bytes('a\n')}},
				are: [['owner', 'app:app', 'root:root', 'owner']],
			},
		},
	}),
];
