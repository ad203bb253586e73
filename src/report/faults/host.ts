/** The faults about files, units, databases and directories: what each says and what to do. Words in capitals stand for what it is about. */
import type {FaultRow} from './fault-row.ts';

export const host: Readonly<Record<string, FaultRow>> = {
	'absent.no-file': {says: 'PATH should not be there, and is neither a file nor a link', hint: 'Move it away by hand.'},
	'debconf.newline': {says: 'an answer for debconf has more than one line', hint: 'Give an answer of one line.'},
	'directory.in-the-way': {says: 'PATH is there and is no directory', hint: 'Move it away, or name another path.'},
	'download.busy': {says: 'URL answers 429 or 5xx: the server has too much to do', hint: 'Run it again later.'},
	'download.checksum': {
		says: 'FROM is not the file that was asked for: its SHA-256 is FOUND, not WANTED',
		hint: "Nothing was installed. Compare both with the one on the project's own site; a proxy may have answered with a page of its own.",
	},
	'download.local': {says: 'FROM is not there, or is no file', hint: 'Put the file there, or name another place.'},
	'download.no-checksum': {
		says: 'LIST has no SHA-256 for FILE',
		hint: 'Bring the list that belongs to the archive, or answer with the checksum itself.',
	},
	'download.short': {
		says: 'FROM ended after SIZE of LENGTH bytes',
		hint: 'Run it again; if it happens again, look at the proxy in between.',
	},
	'download.signature': {
		says: 'FILE is not signed by the key that was asked for, or its signature is wrong',
		hint: "Do not install it. Compare the fingerprint with the one on the project's own site, and fetch the file again.",
	},
	'download.status': {
		says: 'URL answers STATUS',
		hint: 'Open the address from this host to see why; then run it again.',
	},
	'download.too-large': {
		says: 'FROM is larger than LIMIT MB',
		hint: 'Check the address; if the file is right, raise its limit.',
	},
	'edit.no-file': {says: 'PATH is not there', hint: 'The package or step that brings it has to come first.'},
	'edit.parse': {
		says: 'FORMAT: WHAT at line LINE, column COLUMN',
		hint: 'Mend the file by hand, check it with its own program, then run the plan again.',
	},
	'edit.too-long': {
		says: 'FORMAT: the text was not read through within SECONDS',
		hint: 'Look at the file by hand; if it is as it should be, this is a defect of setup: please report it with the file.',
	},
	'edit.refused': {
		says: 'FORMAT: the file can be read, and changing it blindly would be a guess',
		hint: 'Mend the place that the sentence names by hand, then run the plan again.',
	},
	'file.denied': {
		says: 'PATH may not be written',
		hint: 'Run setup as root; where it is root already, look for an immutable flag (lsattr) or a network file system.',
	},
	'file.encoding': {
		says: 'PATH is not UTF-8, and what goes in cannot be written otherwise',
		hint: 'Convert the file to UTF-8 (iconv), or answer with plain letters.',
	},
	'file.loop': {says: 'PATH is a loop of symbolic links', hint: 'Mend the links, then run it again.'},
	'file.moved': {
		says: 'PATH was changed by somebody else since it was looked at',
		hint: 'Run the plan again: it shows the file as it is now.',
	},
	'file.no-directory': {says: 'the directory of PATH is not there', hint: 'Create it, or run the step that does.'},
	'file.no-space': {
		says: 'no space left to write PATH',
		hint: 'Free some space (df -h shows where), then run the same command again; nothing was half-written.',
	},
	'file.not-regular': {says: 'PATH is not a regular file', hint: 'Move it away, or name another path.'},
	'file.read-only': {
		says: 'PATH lies on a read-only file system',
		hint: 'Mount it writable, then run the same command again.',
	},
	'file.rejected': {
		says: 'PROGRAM rejects the new PATH',
		hint: 'The file was left as it was. See what it says, correct the answer behind it, and plan again.',
	},
	'file.too-large': {says: 'PATH is larger than a megabyte', hint: 'A configuration is smaller: see what it is.'},
	'http.broken': {
		says: 'the connection to HOST broke',
		hint: 'Run it again; if it happens again, look at the network and the proxy.',
	},
	'http.dns': {
		says: 'HOST has no address here',
		hint: 'Check the name and the name service (getent hosts NAME); behind a proxy, answer fetching.proxy.',
	},
	'http.redirect': {
		says: 'URL leads to another place that is not safe to follow',
		hint: 'Name the final https address in the answers.',
	},
	'http.refused': {
		says: 'nothing answers at HOST',
		hint: 'See whether the server runs and listens there, and whether a firewall is in between.',
	},
	'http.timeout': {
		says: 'HOST did not answer in time',
		hint: 'Check the network and the proxy (fetching.proxy in the answers), then run it again.',
	},
	'http.tls': {
		says: 'HOST did not show a certificate this host trusts',
		hint: 'If a proxy with its own authority is in between, put its certificate into /usr/local/share/ca-certificates and run update-ca-certificates. See that the clock is right.',
	},
	'ldap.bind': {
		says: 'BIND-DN cannot log in to SERVER: WHY',
		hint: 'Correct the bind DN or its password in the answers.',
	},
	'ldap.certificate': {
		says: 'slapd cannot use the certificate or the key that was answered',
		hint: 'See whether the user openldap may read both, and whether they belong to each other.',
	},
	'ldap.external': {
		says: 'slapd does not let root of this host see its configuration through the socket',
		hint: 'Its cn=config wants an access rule that gives gidNumber=0+uidNumber=0,cn=peercred,cn=external,cn=auth manage, as Debian sets it up.',
	},
	'ldap.login': {
		says: 'DN cannot log in to SERVER: WHY',
		hint: 'See its userPassword, and whether the access rules let anonymous authenticate with it.',
	},
	'ldap.missing': {says: 'no slapd with a cn=config is on this host', hint: 'Install slapd first.'},
	'ldap.no-entry': {
		says: 'slapd has no ENTRY to change',
		hint: 'The resource that makes the database must come first; this is a defect of the stack if it does not.',
	},
	'ldap.read-only': {
		says: 'WHAT is not as wanted on URI, which setup may only read',
		hint: 'Have it changed there by whoever looks after that directory, or answer that setup may change it.',
	},
	'ldap.refused': {says: 'the directory refused DN: WHY', hint: 'Look at the entry by hand.'},
	'ldap.suffix-taken': {
		says: 'SUFFIX lies inside the suffix TAKEN that slapd has already',
		hint: 'Answer that base DN, or one outside of it.',
	},
	'ldif.attribute': {says: 'NAME is no name of an LDAP attribute', hint: 'Use letters, digits and hyphens.'},
	'ldif.parse': {
		says: 'LDIF: WHAT at line NUMBER',
		hint: 'The directory answered something unexpected; run the search by hand to see it.',
	},
	'locale.no-list': {
		says: '/etc/locale.gen is not there',
		hint: 'Install the package locales.',
	},
	'network.overlap': {
		says: 'NETWORK overlaps with another, which INTERFACE has',
		hint: 'Answer with a network that nothing on this host is in (ip -4 address shows them).',
	},
	'postgres.administrator': {
		says: 'USER cannot log in to DATABASE at HOST:PORT: WHY',
		hint: 'Answer the account that administers that server, and its password; it is used once and kept nowhere.',
	},
	'postgres.encoding': {
		says: 'the database NAME on SERVER is there with the encoding FOUND, not WANTED',
		hint: 'An encoding cannot be changed in place: dump it, drop it and restore it into a new one, or answer another name.',
	},
	'postgres.login': {
		says: 'USER cannot log in to the database DATABASE at HOST:PORT: WHY',
		hint: 'See pg_hba.conf (a line "host all all 127.0.0.1/32 scram-sha-256"), listen_addresses and the server\'s log.',
	},
	'postgres.missing': {
		says: 'no PostgreSQL cluster is on this host',
		hint: 'Install PostgreSQL first; on Debian its package makes one.',
	},
	'postgres.overridden': {
		says: 'SETTING is still VALUE, from FILE',
		hint: 'Something read after PATH says otherwise: for postgresql.auto.conf, ALTER SYSTEM RESET takes it out; and conf.d must be included by postgresql.conf.',
	},
	'postgres.peer': {
		says: 'the PostgreSQL cluster VERSION/NAME does not let its own superuser in through the socket',
		hint: 'Put the line "local all postgres peer" back to the top of DIRECTORY/pg_hba.conf, and reload it.',
	},
	'postgres.read-only': {
		says: 'WHAT is not as wanted on SERVER, which setup may only read',
		hint: 'Have it changed there by whoever looks after that server, or answer that setup may change it.',
	},
	'postgres.refused': {says: 'PostgreSQL VERSION/NAME refused: LINES', hint: 'Its words are below.'},
	'postgres.restart': {
		says: 'PostgreSQL VERSION/NAME does not start with the new settings',
		hint: 'The old ones are back and it runs again. journalctl -u UNIT says why.',
	},
	'postgres.setting-name': {says: 'NAME is no name of a PostgreSQL setting', hint: 'See pg_settings for the names.'},
	'postgres.setting-refused': {
		says: 'PostgreSQL does not take SETTING',
		hint: 'The old settings are back. Correct the answer behind it, and plan again.',
	},
	'postgres.setting-value': {says: 'the value of NAME has a line break in it', hint: 'Write it on one line.'},
	'postgres.superuser': {
		says: 'the role NAME on HOST is a superuser',
		hint: 'An application must not be one: answer another role, or have the attribute taken away there.',
	},
	'postgres.which-cluster': {
		says: 'this host has several PostgreSQL clusters: NAMES',
		hint: 'Answer which one is meant, for example 15/main; pg_lsclusters lists them.',
	},
	'program.failed': {
		says: 'PROGRAM ended with CODE',
		hint: 'Its last lines are below; mend the cause and run the same command again: what is done is not done twice.',
	},
	'program.missing': {
		says: 'NEED is not there',
		hint: 'The step that installs it has to come first; this is a defect of the stack if it does not.',
	},
	'program.not-started': {
		says: 'PROGRAM could not be started (CODE)',
		hint: 'See whether the program is there and may be executed.',
	},
	'program.too-long': {
		says: 'PROGRAM did not end within TIME, and was ended',
		hint: 'Run it by hand to see what it waits for; then run the same command again.',
	},
	'program.too-much': {
		says: 'PROGRAM printed more than SIZE and was ended',
		hint: 'Run it by hand to see what it prints.',
	},
	'program.untrusted': {
		says: 'PROGRAM is not run as root: WHO may write it',
		hint: 'Whoever may write it would become root. Give it and every directory above to root (chown root:root, chmod go-w), or take it away.',
	},
	'run.cut-off': {
		says: 'PROGRAM was ended, or not begun, because it was asked twice to stop',
		hint: 'Run the same command again: it looks at what was done and goes on from there.',
	},
	'sql.name': {
		says: 'PostgreSQL cannot use NAME as a name',
		hint: 'Choose a name of 1 to 63 bytes without a NUL character.',
	},
	'sql.value': {says: 'a value for PostgreSQL has a NUL character', hint: 'Choose a value without it.'},
	'symlink.in-the-way': {says: 'PATH is there and is no symbolic link', hint: 'Move it away, or name another path.'},
};
