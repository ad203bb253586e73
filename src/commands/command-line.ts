/** The words of every command but the doctor's, and what each loads when it is called. Man page and completions are made from the same. */
import {Command, CommanderError, Option} from 'commander';
import {howBuilt} from '#host/files/own-program.ts';
import type {Output} from '#tasks/output.ts';
import {version} from '#tasks/state-place.ts';
import {backupWords} from './backup/backup-words.ts';
import {bundle, collect, count, detach, format, many, ownSession, type Run, sets, state} from './option-words.ts';

/** Parses and runs. Gives the exit code; throws what the command throws. A word that is no command: 64, told on stderr. */
export const runCommandLine = async (argv: readonly string[], out: Output): Promise<number> => {
	let exitCode: Promise<number> | undefined;
	const run: Run =
		command =>
		(...args) => {
			exitCode = command(...args);
		};
	const program = commandLine(run, out);
	try {
		program.parse(argv, {from: 'user'});
		return await (exitCode ?? 0);
	} catch (error) {
		if (!(error instanceof CommanderError)) throw error;
		if (error.code.startsWith('setup.')) out.stderr.write(`error: ${error.message}\n`);
		return error.exitCode === 0 ? 0 : 64;
	}
};

/** All commands, each with what it does when it is named: `run` is handed that. */
export const commandLine = (run: Run, out: Output): Command => {
	const program = new Command('setup')
		.description('A setup wizard and host doctor for self-hosted web stacks on Debian and Ubuntu.')
		.version(`${version} (${howBuilt()})`)
		.exitOverride()
		.showSuggestionAfterError()
		.addHelpText(
			'after',
			`
Exit codes: 0 good, 1 failed, 2 changes (plan) or something unfinished (status), 3 changes and unknowns,
64 usage or bad answers, 70 a defect of setup, 75 another run holds the host, 130 interrupted.

First steps:
  setup                                         the wizard: asks, shows what will change, installs; goes on where it stopped
                                                (--plain: line by line; --format ndjson: for programs)
  setup answers init ipynbsrv > answers.yaml    a commented file to fill in
  setup plan answers.yaml                       what would change, changing nothing
  setup rehearse answers.yaml                   the same for real, in a throw-away copy of this host
  setup apply answers.yaml                      install; run it again after whatever happened
  setup apply --detach answers.yaml             the same, whatever becomes of this terminal; setup attach watches`,
		);

	program
		.command('plan [file]')
		.description('what would change: exit 0 nothing, 2 changes, 3 changes and unknowns, 1 cannot plan')
		.addOption(sets())
		.addOption(format('text', 'json'))
		.addOption(state())
		.option('--root <dir>', 'look at an offline root file system: files answer, the rest is unknown', '/')
		.option('--no-diff', 'leave the diffs out')
		.option('--offline', 'do not ask whether what is still to be fetched is there', false)
		.option('--update', 'as if the branch were followed: which commits an update would bring', false)
		.addOption(bundle())
		.option('-v, --verbose', 'also what is as desired', false)
		.action(
			run(async (file, options) =>
				(await import('./plan.ts')).planCommand(answersFile(file, options.bundle), options, out),
			),
		);

	program
		.command('apply [file]')
		.description('install from an answers file, asking nothing')
		.addOption(sets())
		.addOption(format('text', 'ndjson'))
		.addOption(state())
		.option('--jobs <n>', 'things at work at the same time (default: cores)', count)
		.option('--skip <id>', 'leave this out, and what depends on it; may be repeated', collect, [])
		.option('--update', 'follow the branch: back to the commit, environment and data before where a proof fails', false)
		.addOption(bundle())
		.addOption(detach())
		.addOption(ownSession())
		.addOption(new Option('--given-on-stdin', 'secrets by name as JSON on stdin').default(false).hideHelp())
		.addOption(new Option('--record-python <dir>', 'keep what pip takes').hideHelp())
		.addOption(new Option('--python-index <url>', 'where it takes that from').hideHelp())
		.addOption(
			new Option('--remote <how>', 'what to do with things on other hosts')
				.choices(['apply', 'look'])
				.default('apply')
				.hideHelp(),
		)
		.action(
			run(async (file, options) =>
				(await import('./apply.ts')).applyCommand(answersFile(file, options.bundle), options, out),
			),
		);

	program
		.command('bundle <medium> <file>')
		.description('gather all that a replay of this answers file fetches, for hosts without a network')
		.addOption(sets())
		.option(
			'--base <dir|release>',
			"where Python packages are asked for: a fresh release (default: this host's), or a directory",
		)
		.option('--yes', 'install on this host what a throw-away one needs, without asking', false)
		.action(
			run(async (medium, file, options) => (await import('./bundle.ts')).bundleCommand(medium, file, options, out)),
		);

	program
		.command('rehearse [file]')
		.description('the same, for real, in a throw-away copy of this host')
		.addOption(sets())
		.addOption(format('text', 'ndjson'))
		.option(
			'--base <dir|release>',
			'a fresh release (bookworm, trixie, ...) or a directory instead of a copy of this host',
		)
		.option('--keep', 'leave it up at the end, and say how to enter', false)
		.option('--end <name>', 'end one that was kept')
		.option('--yes', 'install systemd-container on this host if it is missing, without asking', false)
		.action(
			run(async (file, options) => {
				if (options.end !== undefined) return (await import('./rehearse/rehearse.ts')).endRehearsal(options.end, out);
				if (file === undefined) throw new CommanderError(64, 'setup.rehearse', 'name the answers file to rehearse');
				return (await import('./rehearse/rehearse.ts')).rehearseCommand(file, options, out);
			}),
		);

	program
		.command('attach')
		.description('rejoin the run in progress with all it said so far; leaving does not touch it')
		.option('--stop', 'ask it to stop after what it is at, and follow it to its end', false)
		.addOption(format('text', 'ndjson'))
		.addOption(state())
		.action(run(async options => (await import('./attach.ts')).attachCommand(options, out)));

	program
		.command('status')
		.description('the run in progress, the last one, what stands and what is owed')
		.addOption(format('text', 'json'))
		.addOption(state())
		.action(run(async options => (await import('./status.ts')).statusCommand(options, out)));

	program
		.command('log [run]')
		.description('who ran what and when; of one run (its name, or last) what changed and what each program said')
		.option('--last <n>', 'runs in the list', many, 20)
		.option('--lines <n>', 'lines of output of each thing, the last ones', many, 20)
		.addOption(format('text', 'json'))
		.addOption(state())
		.action(run(async (word, options) => (await import('./log.ts')).logCommand(word, options, out)));

	program
		.command('undo [stack]')
		.description('put back what apply changed, newest first; name the stack where several are installed')
		.option('--step <id>', 'only what this step did: STEP, or STACK/STEP')
		.option('--plan', 'show it, change nothing', false)
		.option('-v, --verbose', 'with --plan also each file and program', false)
		.option('--yes', 'do not ask first, as is done where nobody sits at a terminal', false)
		.option('--purge', 'also remove the packages that were installed, and what came with them', false)
		.option(
			'--purge-data <stack>',
			"also remove databases, directories and entries; type the stack's name, it is dumped first",
		)
		.addOption(detach())
		.addOption(ownSession())
		.addOption(format('text', 'ndjson'))
		.addOption(state())
		.action(run(async (stack, options) => (await import('./undo.ts')).undoCommand({...options, stack}, out)));

	// Its words are its own; the command line hands them over before it comes here.
	program.command('doctor [check...]').description('health check of this host; setup doctor --help says more');

	program
		.command('list [what]')
		.description('stacks (where nothing is said), steps or checks')
		.addOption(format('text', 'json'))
		.action(
			run(async (what = 'stacks', options) => {
				if (!['stacks', 'steps', 'checks'].includes(what))
					throw new CommanderError(
						64,
						'setup.list',
						`there are no ${JSON.stringify(what)}: say stacks, steps or checks`,
					);
				return (await import('./list.ts')).listCommand(what, options, out);
			}),
		);

	program
		.command('explain <id> [file]')
		.description(
			'why a step or check exists; of a step what it asks and, with an answers file, changes; of a check what it reads and how to mend it',
		)
		.action(run(async (id, file) => (await import('./explain.ts')).explainCommand(id, file, out)));

	program
		.command('firewall')
		.description('a firewall that waits for a word')
		.command('confirm')
		.description('from a login that is newer than it: new connections come through, it stays')
		.option('--here', 'where you sit at a console and need no SSH', false)
		.addOption(format('text', 'ndjson'))
		.addOption(state())
		.action(run(async options => (await import('./firewall.ts')).confirmFirewall(options, out)));

	backupWords(program, run, out);

	const answers = program
		.command('answers')
		.description('answers files: a template, all problems at once, the JSON Schema');
	answers
		.command('init <stack>')
		.description('a commented template on stdout')
		.action(run(async stack => (await import('./answers.ts')).answersInit(stack, out)));
	answers
		.command('check <file>')
		.description(
			'every problem on its line; then which secrets a replay needs, and whether what the answers name is there',
		)
		.addOption(sets())
		.addOption(state())
		.option('--offline', 'do not ask whether what they name is there', false)
		.action(run(async (file, options) => (await import('./answers.ts')).answersCheck(file, options, out)));
	answers
		.command('schema <stack>')
		.description('JSON Schema of the answers file, for an editor')
		.action(run(async stack => (await import('./answers.ts')).answersSchemaCommand(stack, out)));

	const secrets = program
		.command('secrets')
		.description('what was generated: see it (root, at a terminal), change it on the live system');
	secrets
		.command('list')
		.description('the names, what each is, where it lies')
		.addOption(state())
		.action(run(async options => (await import('./secrets/secrets.ts')).listSecrets(options, out)));
	secrets
		.command('show <name>')
		.description('the value, on a terminal')
		.option('--reveal', 'also where it is no terminal', false)
		.addOption(state())
		.action(run(async (name, options) => (await import('./secrets/secrets.ts')).showSecret(name, options, out)));
	for (const how of ['set', 'rotate'] as const)
		secrets
			.command(`${how} <name>`)
			.description(
				how === 'set'
					? 'another value, typed twice or one line on stdin: role, entry, settings, restarts; taken back if a proof fails'
					: 'the same with a new generated value',
			)
			.addOption(format('text', 'ndjson'))
			.addOption(state())
			.action(
				run(async (name, options) => {
					const {setSecret, rotateSecret} = await import('./secrets/secrets.ts');
					return (how === 'set' ? setSecret : rotateSecret)(name, options, out);
				}),
			);

	return program;
};

/** A medium brings the answers that it was made with. */
const answersFile = (file: string | undefined, medium: string | undefined): string | undefined => {
	if (file === undefined && medium === undefined)
		throw new CommanderError(64, 'setup.answers', 'name the answers file, or a medium with --bundle');
	return file;
};
