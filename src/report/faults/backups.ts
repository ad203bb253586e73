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
	'backup.unreadable': {
		says: 'PATH does not hold what setup wrote there',
		hint: 'Move it away, and name the store again: setup backup init --to REPOSITORY. What is in the store stays.',
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
