/** Configuration files as they are found, in short: comments, odd spacing, repeated and commented keys. Each list starts with the usual one. */
export const nss = [
	'# /etc/nsswitch.conf\n\npasswd:         files systemd\ngroup:          compat # c\nshadow: files\n\nhosts:          files mdns4_minimal [NOTFOUND=return] dns\n',
	'passwd:ldap [SUCCESS=merge] files\n',
	'',
];

export const nslcd = [
	'# /etc/nslcd.conf\n\nuid nslcd\ngid nslcd\n\nuri ldap://127.0.0.1/\nbase dc=old\nbase group ou=Groups,dc=old\n\n#binddn cn=annonymous,dc=example,dc=net\n#bindpw secret\n\ntls_cacertfile /etc/ssl/certs/ca-certificates.crt\n',
	'uri ldap://a/\nuri ldap://b/\nmap passwd uid  sAMAccountName\n',
	'',
];

export const redis = [
	'# Redis\nbind 127.0.0.1 -::1\nport 6379\n\n# save 3600 1 300 100\nsave 900 1\nsave 300 10\n# requirepass foobared\n\nuser alice on >x ~*\n',
	'requirepass "a\\x20b"\n  save  ""  \n',
	'',
];

export const shell = [
	'# Defaults\nSLAPD_CONF=\nSLAPD_USER="openldap"\n# or\n#SLAPD_SERVICES="ldap:///"\nSLAPD_SERVICES="ldap:/// ldapi:///"\n\nif [ -f /x ]; then\n\t. /x\nfi\n',
	"export OPTS='a b' # c\nSLAPD_SERVICES=ldap:///\\ x\n",
	'',
];

export const my = [
	'# MariaDB\n[client-server]\nsocket = /run/mysqld/mysqld.sock\n\n[mysqld]\n#bind-address = 0.0.0.0\nbind_address            = 127.0.0.1 # here\nskip-name-resolve\nssl_ca="a # b"\n\n!includedir /etc/mysql/conf.d/\n',
	'[mysqld]\nssl_ca=1\n[x]\n[mysqld]\nssl_ca=2\n',
	'',
];

export const uwsgi = [
	'[uwsgi]\n; c\nplugins = python3\nsocket=/run/x.sock\nenv = A=1\nenv = B=2\nvacuum\n',
	'[other]\nx = %d\n',
	'',
];

export const unit = [
	'[Unit]\nDescription=x\n\n[Service]\nExecStart=/bin/a \\\n  b\nUser=%i\nEnvironment=A=1\nEnvironment=B=2\n\n[Install]\nWantedBy=multi-user.target\n',
	'',
];

export const postgresql = [
	"# x\nlisten_addresses = 'localhost'\t# what\n\t\t\t# more\n#port = 5432\t\t\t# (change)\nwork_mem 4MB\nport=5432\ninclude_dir = 'conf.d'\n",
	"Port = '1'\nport = 0x10\n",
	'',
];

export const hba = [
	'# TYPE  DATABASE        USER            ADDRESS                 METHOD\nlocal   all             postgres                                peer\nlocal   all             all                                     peer\nhost    all             all             127.0.0.1/32            scram-sha-256\nhost    all             all             ::1/128                 scram-sha-256\nhost    replication     all             127.0.0.1/32            md5\n',
	'host "x",all all 10.0.0.0 255.0.0.0 ldap ldapserver=a # c\n',
	'',
];
