/** The kinds that no recipe causes on a booted host yet, each with the reason. Their words and their plans are tested all the same; a kind that gets a recipe must leave this list. */
const aws =
	'There is no account at AWS to spoil; the grants are judged over documented answers (test/unit/checks/aws.test.ts).';
const clock = 'A container has the clock of its host, where the check does not apply.';
const sibling = 'Another kind of the same check has the same remedy and repair, and a recipe.';
const byHand =
	'Only an operator can mend it: its remedy is advice without a command, and the check is looked at over files (test/unit/checks).';
const standIn =
	"OpenSlides' own programs are stand-ins here: the state is judged over files (test/unit/checks/openslides.test.ts).";
const archive = 'Its MongoDB comes from an archive that is not in reach of every run.';

const trusted =
	'What others may write to is proven where root is asked to read it (test/host/hostile.test.ts, test/unit/checks).';

export const kindsWithoutRecipe: Readonly<Record<string, string>> = {
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
	'cc-server.config missing': byHand,
	'django.static noRoot': byHand,
	'docker.engine old': 'Such an engine is in no archive of a supported release any more.',
	'host.automatic-updates late': byHand,
	'host.automatic-updates notInstalled': sibling,
	'host.disk filling': sibling,
	'host.disk readOnly': byHand,
	'host.firewall none': byHand,
	'host.firewall several': byHand,
	'host.sudoers loose':
		'visudo complains of it only from some releases on: its words are recorded (test/unit/checks/host.test.ts).',
	'host.time notInTime': clock,
	'host.time several': clock,
	'host.updates noArchive': byHand,
	'ldap.nslcd notAtBoot': 'The kinds of a service are the same for every service; Redis and MariaDB show them.',
	'ldap.server silent': byHand,
	'mongodb.authentication openByFile': sibling,
	'mongodb.running notAtBoot': archive,
	'nginx.config foreign': trusted,
	'nginx.settings userStale':
		'Only workers that outlive a reload show it; its repair is the reload of postgres.hba notLoaded.',
	'openslides.files missing': standIn,
	'openslides.files noHash': standIn,
	'openslides.files notInStore': standIn,
	'openslides.instances broken': standIn,
	'openslides.instances noMetadata': standIn,
	'openslides.instances stopped': standIn,
	'openslides.network kernelOnly': byHand,
	'openslides.unit noUnit': standIn,
	'redis.restart-pending broken': byHand,
	'postfix.relay table': 'The tables are asked over recorded answers (test/unit/checks/postfix.test.ts).',
	'redis.memory cannotFork': 'A container has the vm.overcommit_memory of its host.',
	'redis.memory tooMuch': sibling,
	'supervisor.programs between': 'It lasts for a second.',
	'tls.certificate unsure': 'Without ca-certificates nothing else of the recipes could be fetched.',
	'tls.certificate weak': 'The library of today makes no such key without being forced to.',
	'tls.key missing': sibling,
	'tls.key noKey': sibling,
	'tls.key otherAndOpen': sibling,
	'tls.renewal nothing': byHand,
};
