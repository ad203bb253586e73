/** The faults of backups and of what puts them back. Words in capitals stand for what it is about. */
import type {FaultRow} from './fault-row.ts';

export const backups: Readonly<Record<string, FaultRow>> = {
	'backup.damaged': {
		says: 'the repository PLACE is damaged: what it gives is not what was saved',
		hint: 'Make a new backup in another place first. docs/backup.md says what restic can still save of this one.',
	},
	'backup.empty': {
		says: 'the directory SUFFIX gave no entry',
		hint: 'A tree of the stack has some: see what setup doctor says of slapd. Nothing was saved.',
	},
	'backup.foreign-snapshot': {
		says: 'the snapshot does not say what it holds in words that this setup knows',
		hint: 'A newer setup made it, or no setup at all. restic itself can put its files back.',
	},
	'backup.locked': {
		says: 'somebody else works on the repository PLACE',
		hint: 'Wait for them. Where nobody does any more (a run was killed): restic unlock.',
	},
	'backup.no-answer': {
		says: 'the repository PLACE gave no answer within MINUTES minutes',
		hint: 'See whether its host is up and reached from here; then run the same command again.',
	},
	'backup.no-copy': {
		says: 'a database server of this host cannot be had fresh in a copy: WHY',
		hint: 'Mend what it says; a proof on the data that are there would prove nothing.',
	},
	'backup.no-repository': {
		says: 'there is no repository at PLACE',
		hint: 'See whether its disk is mounted or its server reached; setup backup init makes a new one.',
	},
	'backup.no-restic': {
		says: 'restic is not installed on this host',
		hint: 'Install it: apt-get install restic.',
	},
	'backup.no-room': {
		says: 'PATH has room for SOME MB, and MORE MB are needed for a while',
		hint: 'Free some space there, or keep fewer snapshots (setup backup forget); then run it again: it goes on.',
	},
	'backup.no-snapshot': {
		says: 'there is no snapshot in the store yet, or none that begins with ID',
		hint: 'setup backup list names them; setup backup now makes one.',
	},
	'backup.no-view': {
		says: 'trees of the application could not be shown to restic without following links',
		hint: 'A kernel from 5.10 on is needed, or the tree was swapped while setup looked; the last line says which.',
	},
	'backup.not-roots': {
		says: 'PATH is no place for backups: WHO may write it',
		hint: 'Name a directory that only root can write, with every directory above it.',
	},
	'backup.not-set-up': {
		says: 'no store for backups is set up on this host',
		hint: 'setup backup init makes one: in /var/backups/host-setup, or where --to says.',
	},
	'backup.not-there': {
		says: 'WHAT is not there, and the stack should have it',
		hint: 'setup doctor and setup plan say what is wrong with the stack. Nothing was saved: a backup without it would pass for a whole one.',
	},
	'backup.nothing': {
		says: 'no stack is installed on this host',
		hint: 'Install one; there is nothing of setup to save before.',
	},
	'backup.password': {
		says: 'the repository PLACE does not open with the password that setup has',
		hint: 'Give it the right one: setup backup init --to REPOSITORY --password-file FILE.',
	},
	'backup.restic': {
		says: 'restic ended with CODE: ITS LAST WORDS',
		hint: 'Its last lines are below; mend the cause and run the same command again.',
	},
	'backup.stopped': {
		says: 'the backup was stopped as asked',
		hint: 'Run setup backup now again: it goes on.',
	},
	'backup.unread': {
		says: 'N files could not be read, so this is no whole backup and was forgotten',
		hint: 'The first of them are below: see what is wrong with them, then run it again.',
	},
	'backup.unreadable': {
		says: 'PATH does not hold what setup wrote there',
		hint: 'Move it away, and name the store again: setup backup init --to REPOSITORY. What is in the store stays.',
	},
	'restore.counts': {
		says: 'THING came back with other rows, entries or files than were saved',
		hint: 'What is there was not touched. Try another snapshot: setup backup list.',
	},
	'restore.dump': {
		says: 'the dump of the database NAME cannot be read back by ROLE: ITS LAST WORDS',
		hint: 'What is there was not touched. Where it wants an extension of a superuser, or a login from 127.0.0.1 is not let in (pg_hba.conf), mend that and run it again.',
	},
	'restore.half-done': {
		says: 'a restore was cut off: half of what is there is of before, and no backup is made of that',
		hint: 'Run setup restore again: what was there before comes back first.',
	},
	'restore.in-the-way': {
		says: 'a database host_setup_before_MARK of an earlier restore is still there',
		hint: 'It is what NAME was before. Look into it; drop it when nothing of it is needed.',
	},
	'restore.lacks': {
		says: 'the snapshot has no PATH, which it says it has',
		hint: 'Try another snapshot: setup backup list.',
	},
	'restore.ldif': {
		says: 'slapd does not take SUFFIX from the snapshot: ITS LAST WORDS',
		hint: 'What is there was not touched. Its last lines are below: a schema may be missing, which setup apply brings.',
	},
	'restore.moved': {
		says: 'PATH is not there any more: somebody moves things there meanwhile',
		hint: 'See who does. What was there before the restore comes back; then run the same command again.',
	},
	'restore.not-installed': {
		says: 'stack NAME is not installed on this host',
		hint: 'Install it first: the snapshot has the answers of STACKS (docs/backup.md).',
	},
	'restore.numbers': {
		says: "the number N is another account's in the snapshot than here",
		hint: 'Give the accounts of this host the numbers that they had there (usermod -u), then run it again.',
	},
	'restore.superuser': {
		says: 'ROLE, who owns the database NAME, is a superuser: what is in the dump would be done by one',
		hint: 'Take that right away (ALTER ROLE … NOSUPERUSER), or put it back by hand with pg_restore.',
	},
	'restore.unreadable': {
		says: 'PATH does not hold what setup wrote there',
		hint: 'What was there before the restore lies beside what came: databases host_setup_before_…, folders .host-setup-before-…. Put them back by hand, then move the file away.',
	},
	'usage.only': {
		says: '--only THING: there is no such thing in the snapshot and on this host',
		hint: 'setup restore STACK --plan names them.',
	},
	'usage.restore': {
		says: 'name the stack that comes back, or say --all',
		hint: 'setup list says which are installed.',
	},
	'usage.environment-file': {
		says: 'FILE has lines that are no NAME=value for a store',
		hint: 'Put into a file of root with the mode 0600 what restic documents for it: AWS_ACCESS_KEY_ID=…, AWS_SECRET_ACCESS_KEY=….',
	},
	'usage.password-file': {
		says: 'the password in FILE cannot be taken',
		hint: 'Put it alone into a file of root with the mode 0600.',
	},
	'usage.store': {
		says: 'WORD is no place that restic knows, or has a password in it',
		hint: 'Give a whole path, sftp:USER@HOST:/PATH, s3:https://SERVER/BUCKET or rest:https://HOST/.',
	},
};
