/** The kinds that no recipe causes on a booted host yet, each with the reason. Their words and their plans are tested all the same; a kind that gets a recipe must leave this list. */
const aws =
	'There is no account at AWS to spoil; the grants are judged over documented answers (test/unit/checks/aws.test.ts).';
const clock = 'A container has the clock of its host, where the check does not apply.';
const kernel = 'A container has the kernel and the memory of its host.';
const dates =
	'Judged over dates for every product and release (test/unit/checks); its remedy is that of a series that has ended.';
const rows = 'They are judged over the rows of a run, without a host (test/unit/doctor/waivers.test.ts).';
const breakages = 'Every breakage of an installed stack is one (test/host/ipynbsrv/drift.test.ts).';
const sibling = 'Another kind of the same check has the same remedy and repair, and a recipe.';
const byHand =
	'Only an operator can mend it: its remedy is advice without a command, and the check is looked at over files (test/unit/checks).';
const standIn =
	"OpenSlides' own programs are stand-ins here: the state is judged over files (test/unit/checks/openslides.test.ts).";
const named =
	'A stack names the accounts: it is broken and mended where CoralNet is installed (test/soak/coralnet-today.test.ts), and judged over files (test/unit/checks/redis.test.ts).';
const archive = 'Its MongoDB comes from an archive that is not in reach of every run.';

const installed =
	'It wants CC-Server in a real Apache: closed and failing sites were told there by hand, strange ones never; its words are tested with those of all kinds.';
const engine = 'An engine with certificates that end is asked in test/unit/host/cc-server/engines.test.ts.';

const resolver = 'What a name server answers is judged byte by byte (test/unit/host/name-servers.test.ts).';
const policy =
	'The hosts of the recipes have no archive; the words of apt-cache policy are judged as Debian 12 gave them (test/unit/host/apt).';

const hours =
	'Only hours bring it about: it is judged over what a server says (test/unit/checks/postgres-safety.test.ts).';

const trusted =
	'What others may write to is proven where root is asked to read it (test/host/hostile.test.ts, test/unit/checks).';

const remembered =
	'What setup remembers tells it: backups, a restore and a proof are made on a booted host in test/host/backup.test.ts, and it is judged over files (test/unit/checks/backup.test.ts).';

const ofEveryService = 'The kinds of a service are the same for every service; Redis and MariaDB show them.';
const services = [
	'ldap.nslcd',
	'ldap.server',
	'mongodb.running',
	'mysql.running',
	'openslides.unit',
	'postfix.running',
	'postgres.running',
	'supervisor.running',
];

export const kindsWithoutRecipe: Readonly<Record<string, string>> = {
	...Object.fromEntries(
		['none', 'old', 'failed', 'gone', 'refuted', 'partial', 'unproven'].map(kind => [
			`backup.state ${kind}`,
			remembered,
		]),
	),
	...Object.fromEntries(
		services.flatMap(check =>
			['loops', 'masked', 'stilled', 'unreached', 'conditional'].map(kind => [`${check} ${kind}`, ofEveryService]),
		),
	),
	'apache.config foreign': trusted,
	'apache.mpm notLoaded': 'Its remedy and its repair are the restart that the recipe of prefork ends with.',
	'appserver.socket outsideNext': sibling,
	'appserver.user other': sibling,
	'appserver.user rootWritten': sibling,
	'aws.bucket listed': aws,
	'aws.bucket onCondition': aws,
	'aws.bucket readable': aws,
	'aws.bucket unblocked': aws,
	'aws.bucket writable': aws,
	'aws.database-group wide': aws,
	'aws.database-group world': aws,
	'aws.database-group worldInside': aws,
	'cc-server.config missing': byHand,
	'cc-server.config notAscii': installed,
	'cc-server.nodes ended': engine,
	'cc-server.nodes ending': engine,
	'cc-server.nodes unreached': engine,
	'cc-server.ports none': sibling,
	'cc-server.site closed': installed,
	'cc-server.site fails': installed,
	'cc-server.site strange': installed,
	'django.allowed-hosts asAnswered': byHand,
	'django.allowed-hosts byHand':
		'It compares with answers: the words are looked at over files (test/unit/checks/app-servers.test.ts).',
	'django.static noRoot': byHand,
	'django.superuser none': sibling,
	'docker.engine old': 'Such an engine is in no archive of a supported release any more.',
	'doctor.waivers expired': rows,
	'doctor.waivers matchesNothing': rows,
	'doctor.waivers noCheck': rows,
	'doors.mail letsIn': sibling,
	'doors.ssh letsIn': 'It wants a module of the name service that makes accounts of any name, and Debian has none.',
	'host.automatic-updates late': byHand,
	'host.automatic-updates notInstalled': sibling,
	'host.disk filling': sibling,
	'host.disk readOnly': byHand,
	'host.firewall none': byHand,
	'host.firewall several': byHand,
	'host.memory filling': kernel,
	'host.memory short': kernel,
	'host.memory small': kernel,
	'host.packages cutOff': sibling,
	'host.release ending': sibling,
	'host.resolver invents': resolver,
	'host.resolver refuses': resolver,
	'host.restart-pending kernel': kernel,
	'host.restart-pending reboot': 'Its remedy is a reboot, which a recipe does not outlive.',
	'host.restart-pending session': byHand,
	'host.restart-pending systemd':
		'The systemd of a layer is never replaced; the words are looked at (test/unit/checks/host.test.ts).',
	'host.sudoers loose':
		'visudo complains of it only from some releases on: its words are recorded (test/unit/checks/host.test.ts).',
	'host.swap full': kernel,
	'host.swap none': kernel,
	'host.time notInTime': clock,
	'host.time several': clock,
	'host.updates noArchive': byHand,
	'host.updates pinned': policy,
	'host.updates ranked': policy,
	'ldap.base noBase': sibling,
	'ldap.getent otherNumber': byHand,
	'ldap.passwords unsalted': sibling,
	'apache.running masked': ofEveryService,
	'apache.running stilled': ofEveryService,
	'docker.engine masked': ofEveryService,
	'nginx.running masked': ofEveryService,
	'ldap.nslcd notAtBoot': ofEveryService,
	'ldap.room filling': sibling,
	'ldap.server silent': byHand,
	'mongodb.authentication openByFile': sibling,
	'mongodb.running notAtBoot': archive,
	'mysql.version ending': dates,
	'mysql.version noTable': dates,
	'mysql.version older': dates,
	'nginx.config foreign': trusted,
	'nginx.config warned': sibling,
	'nginx.hsts behind': sibling,
	'nginx.htpasswd missing': byHand,
	'nginx.settings userStale':
		'Only workers that outlive a reload show it; its repair is the reload of postgres.hba notLoaded.',
	'nginx.tls allows': sibling,
	'openslides.files missing': standIn,
	'openslides.files noHash': standIn,
	'openslides.files notInStore': standIn,
	'openslides.files notInPodman':
		'Its podman comes with the stack: test/host/openslides.test.ts takes the image from it.',
	'openslides.instances broken': standIn,
	'openslides.instances noMetadata': standIn,
	'openslides.instances stopped': standIn,
	'openslides.network kernelOnly': byHand,
	'openslides.unit noUnit': standIn,
	'redis.accounts loaded': named,
	'redis.accounts named': named,
	'redis.accounts open': named,
	'redis.accounts socket': named,
	'redis.accounts unwritten': named,
	'redis.restart-pending broken': byHand,
	'postfix.relay table': 'The tables are asked over recorded answers (test/unit/checks/postfix.test.ts).',
	'postgres.safety busy': sibling,
	'postgres.safety idle': hours,
	'postgres.safety noArchive': sibling,
	'postgres.safety prepared': hours,
	'postgres.version ending': dates,
	'postgres.version noTable': dates,
	'postgres.version older': dates,
	'redis.memory cannotFork': 'A container has the vm.overcommit_memory of its host.',
	'stack.drift changed': breakages,
	'stack.drift fault': breakages,
	'stack.drift stays': 'test/host/ipynbsrv/drift.test.ts: a file of the source that somebody changed',
	'stack.drift unfinished': 'test/host/unfinished.test.ts: an apply that fails half-way',
	'supervisor.programs between': 'It lasts for a second.',
	'tls.certificate unsure': 'Without ca-certificates nothing else of the recipes could be fetched.',
	'tls.certificate weak': 'The library of today makes no such key without being forced to.',
	'tls.key missing': sibling,
	'tls.key noKey': sibling,
	'tls.key otherAndOpen': sibling,
};
