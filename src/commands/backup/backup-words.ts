/** The words of `setup backup` and `setup restore`, and what each loads when it is called. */
import {type Command, Option} from 'commander';
import type {Output} from '#tasks/output.ts';
import {collect, format, many, type Run, state} from '../option-words.ts';

/** Adds them to the program. */
export const backupWords = (program: Command, run: Run, out: Output): void => {
	const backup = program
		.command('backup')
		.description('what cannot be made again (databases, directories, files, secrets), saved in a store of restic');
	backup
		.command('init')
		.description('make the store, or open one that is there; its password is shown for the safe')
		.option(
			'--to <repository>',
			'a directory (default /var/backups/host-setup), sftp:USER@HOST:/PATH, s3:URL, rest:URL',
		)
		.option('--password-file <file>', 'the password of a store that is there, alone in a file of root')
		.option('--environment-file <file>', 'NAME=value lines that its door wants, in a file of root')
		.option('--timer', 'have a timer make a backup each night, and let old snapshots go')
		.option('--no-timer', 'take that timer away')
		.option('--reveal', 'show the password also where it is no terminal', false)
		.addOption(format('text', 'ndjson'))
		.addOption(state())
		.action(run(async options => (await import('./backup.ts')).initBackup(options, out)));
	backup
		.command('now')
		.description('save everything that the installed stacks hold')
		.addOption(format('text', 'ndjson'))
		.addOption(state())
		.action(run(async options => (await import('./backup.ts')).backupNow(options, out)));
	backup
		.command('list')
		.description('the snapshots in the store')
		.addOption(format('text', 'json'))
		.addOption(state())
		.action(run(async options => (await import('./backup.ts')).listBackups(options, out)));
	backup
		.command('forget')
		.description('let old snapshots go, and the room that only they took; the newest always stays')
		.option('--daily <n>', 'of how many days one is kept', many, 7)
		.option('--weekly <n>', 'of how many weeks', many, 5)
		.option('--monthly <n>', 'of how many months', many, 12)
		.addOption(format('text', 'ndjson'))
		.addOption(state())
		.action(run(async options => (await import('./backup.ts')).forgetBackups(options, out)));

	backup
		.command('prove')
		.description(
			'put the newest snapshot back in a throw-away copy of this host, and have the stacks prove that they work',
		)
		.option('--snapshot <id>', 'another than the newest')
		.option('--yes', 'install systemd-container on this host if it is missing, without asking', false)
		.addOption(format('text', 'ndjson'))
		.addOption(state())
		.action(run(async options => (await import('./prove.ts')).proveBackup(options, out)));

	program
		.command('restore [stack]')
		.description('put back what a snapshot has: made beside what is there, proven, and only then in its place')
		.option('--all', 'of every installed stack', false)
		.option('--snapshot <id>', 'another than the newest; its first digits do')
		.option(
			'--only <thing>',
			'this alone, as the plan names it: postgres:NAME, ldap:SUFFIX, tree:PATH; may be repeated',
			collect,
			[],
		)
		.option('--plan', 'show it, change nothing', false)
		.option('--yes', 'do not ask first', false)
		.addOption(new Option('--without-backup', 'do not save what is there first').default(false).hideHelp())
		.addOption(format('text', 'ndjson'))
		.addOption(state())
		.action(run(async (stack, options) => (await import('../restore.ts')).restoreCommand(stack, options, out)));
};
