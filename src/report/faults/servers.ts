/** The faults about servers of the web and of data: what each says and what to do. Words in capitals stand for what it is about. */
import type {FaultRow} from './fault-row.ts';

export const servers: Readonly<Record<string, FaultRow>> = {
	'apache.no-module': {
		says: 'Apache has no module NAME on this host',
		hint: 'Install the package that brings it (libapache2-mod-…), or leave it out.',
	},
	'apache.not-a-link': {
		says: 'PATH is a file, not a link',
		hint: 'Move it to the folder beside, where those that are off lie.',
	},
	'apache.php-needs-prefork': {
		says: 'PHP is a module of this Apache (FILE), which needs the MPM prefork',
		hint: 'Answer prefork, or move PHP to php-fpm and switch the module off (a2dismod) first.',
	},
	'apache.rejected': {
		says: 'Apache would not start with LINKS changed',
		hint: 'It is as it was. Its words are below; where they are about another file, mend that first (apache2ctl configtest).',
	},
	'aws.bucket-taken': {
		says: "the bucket NAME is another account's, or closed to the key ID",
		hint: 'Names of buckets are everybody’s: answer another one, or a key that may use it.',
	},
	'aws.keys-full': {
		says: 'the IAM user NAME has two access keys already, and neither is in PATH',
		hint: 'Delete the one that nobody uses (aws iam list-access-keys, delete-access-key), then run the same command again.',
	},
	'aws.more-rights': {
		says: 'the IAM user NAME has more than a policy of its own: GROUPS',
		hint: 'A key with more rights than the application needs does not belong on a web server: answer another name.',
	},
	'aws.no-key': {
		says: 'there is no access key of AWS in PATH',
		hint: 'Put it there as into ~/.aws/credentials (mode 0600), or answer NAME.',
	},
	'aws.refused': {
		says: 'AWS refuses: NAME',
		hint: 'Its keys need PERMISSIONS. Run the same command again when it is mended; what is made by then is found again.',
	},
	'aws.several-groups': {
		says: 'several VPCs have a security group NAME',
		hint: 'Answer which VPC is meant (vpc-…).',
	},
	'firewall.in-charge': {
		says: 'NAME is in charge of the firewall here',
		hint: "Open PORTS there and answer that this host's own firewall stays.",
	},
	'firewall.locks-out': {
		says: 'sshd listens on port PORT, which is not among the ports that stay open: PORTS',
		hint: 'Add it to the answer, or whoever comes over SSH is locked out.',
	},
	'firewall.no-proof': {
		says: 'this host lets nobody make a network of its own to try a new connection from, so the rules were taken back',
		hint: 'Answer that a new login confirms the firewall (firewall.confirm: login).',
	},
	'firewall.no-trial': {
		says: 'no firewall is on trial here',
		hint: 'Where it was taken back, the setup apply that made it tries it again.',
	},
	'firewall.old-login': {
		says: 'this login is older than the firewall, and proves nothing of a new one',
		hint: 'Log in anew over SSH and run it there; where you sit at a console: setup firewall confirm --here.',
	},
	'firewall.own-rules': {
		says: "FILE has rules of somebody's own",
		hint: "Open PORTS there and answer that this host's own firewall stays.",
	},
	'redis.own-rules': {
		says: "FILE has rules of somebody's own",
		hint: 'Move it away, then run the same command again.',
	},
	'redis.refuses': {
		says: 'Redis answers WORDS',
		hint: "The application asks Redis without a password: see requirepass and user lines in Redis' own file.",
	},
	'firewall.taken-back': {
		says: 'the rules were taken back before they were confirmed: it took too long',
		hint: 'Run the same command again.',
	},
	'firewall.unproven': {
		says: 'a new connection to sshd did not come through on DOOR, so the rules were taken back',
		hint: 'See what else filters here (nft list ruleset), then run the same command again.',
	},
	'image.foreign': {
		says: 'no image is made of PATH: WHO may write WHAT',
		hint: 'See what is in it. Then make it yours: a copy in a directory of root (chown -R root:root, chmod -R go-w).',
	},
	'image.archive': {
		says: 'FILE holds no image that ENGINE can load',
		hint: 'Write it with: ENGINE save --output FILE IMAGE',
	},
	'image.missing': {
		says: 'ENGINE has no image NAME',
		hint: 'Bring it there (ENGINE load, ENGINE build or ENGINE pull), or answer where it comes from.',
	},
	'instance.database-in-use': {
		says: 'the database NAME has tables, and DIRECTORY is not there: making it would empty the database',
		hint: 'Where they belong to an instance that is gone, restore its directory. Else name another database, or drop this one yourself after a dump.',
	},
	'instance.failed': {
		says: 'PROGRAM could not make DIRECTORY',
		hint: 'Its last lines are below. What it left is removed by the next try.',
	},
	'instance.fixed': {
		says: 'DIRECTORY was made with VALUE, and the answers say OTHER',
		hint: 'That is decided when it is made. Answer as before, or name another instance and another database.',
	},
	'instance.in-the-way': {
		says: 'DIRECTORY is there and is no whole instance',
		hint: 'A try that failed leaves such a directory. Look at it, move it away, or name another one; nothing in it was touched.',
	},
	'instance.password': {
		says: 'the password of WHAT has characters that WebLab-Deusto cannot use',
		hint: 'Answer one of letters, digits, - and _, or have it generated. Nothing was made.',
	},
	'instance.upgrade': {
		says: 'PROGRAM could not upgrade DIRECTORY',
		hint: 'Its databases are as they were before. Answer the commit that was installed before, or mend the cause and run it again.',
	},
	'htpasswd.failed': {
		says: 'htpasswd gave no bcrypt hash for USER',
		hint: 'See whether apache2-utils is whole (htpasswd -nB NAME).',
	},
	'mongodb.login': {
		says: 'USER cannot log in to DATABASE on MongoDB at HOST:PORT; or what answers there is no MongoDB that knows its password',
		hint: 'Its password there is another, or there is no such account; see what listens there (ss -tlnp).',
	},
	'mongodb.refused': {
		says: 'MongoDB on HOST:PORT says: WHY',
		hint: 'See the log of the server, /var/log/mongodb.',
	},
	'mysql.flavour': {
		says: 'NAME is on this host, and setup makes databases and accounts in MariaDB only',
		hint: 'Use a host without it, or move its data to MariaDB first: both have the same port and directories.',
	},
	'mysql.login': {
		says: 'USER cannot log in to the database DATABASE at HOST:PORT: WHY',
		hint: 'See SHOW GRANTS for the account, bind_address and skip_name_resolve of the server, and its log.',
	},
	'mysql.missing': {says: 'no MariaDB server is on this host', hint: 'Install mariadb-server first.'},
	'mysql.name': {
		says: 'MariaDB cannot use NAME as a name',
		hint: 'Choose a name of 1 to 64 characters, without a blank at its end.',
	},
	'mysql.open-dump': {
		says: 'PATH is a dump of a client that is too old to be shut in: it is not put back by root',
		hint: 'Look through it for lines that begin with a backslash, then put it back by hand: mariadb NAME < PATH.',
	},
	'mysql.refused': {
		says: 'MariaDB refused root of this host: WHY',
		hint: 'Let root in through the socket again (its account is root@localhost, IDENTIFIED VIA unix_socket).',
	},
	'port.open': {
		says: 'port PORT answers on ADDRESSES, not on this host only',
		hint: 'See what listens there (ss -tlnp) and where its address is set; a socket unit of systemd opens ports as well.',
	},
	'port.taken': {
		says: 'port PORT belongs to UNIT, and is held by NAME (process PID, of ITS UNIT)',
		hint: 'End that process, then run the same command again: it hears what is meant for UNIT.',
	},
	'port.silent': {
		says: 'nobody listens on port PORT',
		hint: 'See the journal of the server that should.',
	},
	'postgres.access-refused': {
		says: 'PostgreSQL does not take line LINE of FILE',
		hint: 'The file is as it was. Mend what it says, then run it again.',
	},
	'proof.cc-server': {
		says: 'CC-Server on HOST does not work yet: WHY',
		hint: "See its own log (server.log in its log_dir) and /var/log/apache2/error.log. A node that is dead stays dead until Apache's next start.",
	},
	'proof.openslides': {
		says: 'instances cannot be had yet: WHY',
		hint: 'See the log of its role (ansible.ID.log.json in the directory of instances), journalctl -u openslides-backend and -t instances, and that the image is one of OpenSlides 2.',
	},
	'proof.weblab': {
		says: 'WebLab-Deusto on HOST does not work yet: WHY',
		hint: "See the program's state (supervisorctl status), its log in /var/log/supervisor, and the logs in the instance's own folder logs.",
	},
	'python.setup': {
		says: 'setup.py of NAME failed',
		hint: 'Run it by hand as its user in the checkout and see what it says; what it requires must be in the environment before.',
	},
	'supervisor.program': {
		says: 'supervisor could not start NAME, or it does not stay up',
		hint: 'See its log, which its file in /etc/supervisor/conf.d names (supervisorctl tail NAME stderr).',
	},
	'update.no-dump': {
		says: 'the database NAME on HOST could not be copied, so nothing of it was changed: ERROR',
		hint: 'pg_dump must be here (postgresql-client) and not be older than the server. Then run it again.',
	},
	'update.no-restore': {
		says: 'the database NAME could not be put back as it was: ERROR',
		hint: 'It is whole in PATH: mend what the last lines say, then put it back with pg_restore as ROLE, or run the same command again.',
	},
};
