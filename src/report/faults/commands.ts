/** The faults about what was typed, answered and remembered: what each says and what to do. Words in capitals stand for what it is about. */
import type {FaultRow} from './fault-row.ts';

export const commands: Readonly<Record<string, FaultRow>> = {
	'timer.not-roots': {
		says: 'no timer runs PATH: WHO may write WHAT',
		hint: 'Install the package, or clone it anew as root into a directory of root (/opt), and run it there.',
	},
	'alarm.mail': {
		says: '/usr/sbin/sendmail did not take a mail to ADDRESS: WHY',
		hint: 'Install a mail server that can send (postfix, or msmtp-mta for one elsewhere); setup doctor --test-alarm tries it.',
	},
	'alarm.needs-root': {says: 'only root can send an alarm', hint: 'Run it with sudo.'},
	'alarm.webhook': {
		says: 'the webhook of FILE did not take the alarm: WHY',
		hint: 'Put its https address into that file (chmod 600); setup doctor --test-alarm tries it.',
	},
	'answers.bad': {
		says: 'the answers have a mistake, each named with its line',
		hint: 'Correct what is named; `setup explain STEP` says what a question takes.',
	},
	'answers.file': {
		says: 'FILE is not there or cannot be read',
		hint: 'Give the path of an answers file; `setup answers init STACK` writes one to start from.',
	},
	'answers.foreign-names': {
		says: 'FILE names PATH as the secret NAME, and the user USER may write FILE: root reads no file that somebody else names',
		hint: 'See what it names. Then make it yours (a copy in a directory of root, chmod go-w), and run the same command again.',
	},
	'answers.no-secret': {
		says: 'NAME was not given',
		hint: 'Answer it at the terminal, or refer to a file, an environment variable or a credential in the answers.',
	},
	'application.value-in-code': {
		says: "VALUE stands in the application's code as well, while ANOTHER was answered",
		hint: 'Install from a branch where these are ANSWERED (further settings, such as search bases, are answered in app-settings.further), or answer ACCEPTED-BY when they do not matter.',
	},
	'apply.cannot-plan': {
		says: 'BROKEN of NODES things cannot be planned',
		hint: 'Mend what is listed above, then run the same command again.',
	},
	'apply.needs-root': {
		says: 'only root can install',
		hint: 'Run it with sudo. `setup plan FILE` shows what would change without being root.',
	},
	'attach.dropped': {says: 'the run goes on, but no longer talks to us', hint: 'Run setup attach again.'},
	'attach.lost': {
		says: 'the run was cut off: WHY',
		hint: 'Run the command it was started with again: it goes on from the journal.',
	},
	'attach.needs-root': {says: 'only root can watch a run', hint: 'Run it with sudo.'},
	'attach.nothing-runs': {
		says: 'nothing runs here',
		hint: 'setup status shows what is installed and what is owed; setup apply FILE --detach starts a run.',
	},
	'demo.no-fixtures': {
		says: 'FIXTURES holds no fixtures',
		hint: 'Run setup from its checkout, or answer where the real sources are.',
	},
	'doctor.needs-root': {says: 'the waivers may only be read by root', hint: 'Run it with sudo.'},
	'doctor.waivers': {
		says: 'WAIVERS cannot be read, or does not hold what the doctor wrote there',
		hint: 'Mend it, or move it away to start afresh.',
	},
	'export.exists': {
		says: 'PATH is there already, and setup did not write it or somebody has edited it',
		hint: 'Name another file, or move it away.',
	},
	'export.place': {
		says: 'the place for the file is no directory of this user',
		hint: 'Move it away, or export under another name.',
	},
	'export.secret': {
		says: 'the secret KEY cannot be exported: WHY',
		hint: 'Type it again in the wizard, then export again.',
	},
	'fix.needs-root': {
		says: 'only root can mend this host',
		hint: 'Run it with sudo. `setup doctor` shows what can be told without being root.',
	},
	internal: {says: 'setup itself has a defect', hint: 'Please report it with the details below.'},
	'journal.damaged': {
		says: 'line NUMBER of PATH is not JSON',
		hint: 'Somebody edited the journal, or the disk lost it. Move it aside to go on without its undo records.',
	},
	'journal.needs-root': {says: 'PATH may only be read by root', hint: 'Run it with sudo.'},
	'journal.newer': {
		says: 'PATH was written by a newer setup (format VERSION; this one knows 2)',
		hint: 'Use the newer setup.',
	},
	'output.lost': {
		says: 'what was to be shown could not be written: REASON',
		hint: 'Free some space where the output goes (df -h), or send it elsewhere, and run the same command again.',
	},
	'plan.cycle': {says: 'these need each other: PATH', hint: 'This is a defect of the stack: please report it.'},
	'plan.nobody-provides': {
		says: 'THING is needed, no step provides it, and the host lacks it',
		hint: 'Install it first, or answer so that a step provides it.',
	},
	'plan.twice': {
		says: 'ID is declared by the steps STEP and STEP',
		hint: 'Two steps claim the same thing; this is a defect of the stack.',
	},
	'requirements.unmet': {
		says: 'this host lacks what the stack needs: NAMES',
		hint: 'Mend each, or accept it by name in the answers (packages.accept: [NAME]).',
	},
	'run.cannot-see': {
		says: 'ID: WHY',
		hint: 'Everything it needs was done, and it still cannot be looked at. Mend what the sentence names, then run the same command again.',
	},
	'run.held': {
		says: 'another run holds this host',
		hint: 'Wait for it (setup attach shows it), or stop it with setup attach --stop.',
	},
	'run.needs-root': {says: 'only root can do that: WHAT', hint: 'Run it with sudo.'},
	'run.no-flock': {
		says: 'the program flock is not there',
		hint: 'It is part of util-linux, which every Debian has: install it again.',
	},
	'run.not-as-desired': {
		says: 'ID was applied and is still not as desired: NOW',
		hint: 'Somebody or something puts it back, or the program accepted it without doing it. Look at it by hand, then run the same command again.',
	},
	'run.not-started': {
		says: 'the run ended before it had begun, or does not answer',
		hint: 'Its last lines are below; the same command without --detach shows more.',
	},
	'secrets.elsewhere': {
		says: 'NAME is not kept by setup: where it lies, or why it cannot be read',
		hint: 'Whoever gave it knows it. To change it: change it where it lies, then run setup apply with the answers.',
	},
	'secrets.half-changed': {
		says: 'a change of NAME was cut off',
		hint: 'Change that one again first: setup secrets rotate NAME.',
	},
	'secrets.needs-root': {
		says: 'only root may see or change the secrets of this host',
		hint: 'Run it with sudo.',
	},
	'secrets.no-such': {
		says: 'there is no secret NAME here',
		hint: 'setup secrets list names them.',
	},
	'secrets.no-terminal': {
		says: 'a secret is shown on a terminal only',
		hint: 'Add --reveal where a program shall read it.',
	},
	'secrets.not-yet': {
		says: 'NAME was not generated yet',
		hint: 'Install first: setup apply makes it.',
	},
	'secrets.unfit': {
		says: 'the new value of NAME does not do',
		hint: 'Give it as one line on stdin, or at a terminal.',
	},
	'secrets.bad': {
		says: 'a secret for STACK is missing or unfit: NAME',
		hint: 'Give them where the answers say, or change the reference there to {secret: generate}, {file: PATH}, {env: NAME}, {credential: NAME} or {prompt: true}.',
	},
	'secrets.corrupt': {
		says: 'PATH does not hold what setup wrote there',
		hint: 'Put it back from a backup. Without it setup would have to change passwords that are in use, so it does not go on.',
	},
	'secrets.newer': {says: 'PATH was written by a newer setup', hint: 'Use that version of setup.'},
	'secrets.open': {
		says: 'PATH may be read by others (mode MODE)',
		hint: 'Find out who could read it; then `chmod 600 PATH`, and change the passwords if in doubt.',
	},
	'secrets.unreadable': {says: 'PATH cannot be read (CODE)', hint: 'Run setup as root.'},
	'stack.broken': {
		says: 'FILE gives no stack: WHY',
		hint: 'It must have `export default ({z, defineStack, step, makers}) => defineStack({…})`; docs/stacks.md builds one.',
	},
	'stack.not-roots': {
		says: 'the stack FOLDER is not taken, because it would run as root: TRUST',
		hint: 'chown -R root:root FOLDER && chmod -R go-w FOLDER, and read it before you do.',
	},
	'stack.offers': {
		says: 'The step STEP offers KEY, which another step offers before it',
		hint: 'Give one of them a name: KIND:NAME.',
	},
	'stack.taken': {says: 'FOLDER has the name of a stack that comes with setup', hint: 'Give the folder another.'},
	'stack.uses': {
		says: 'The step STEP uses KEY, which no step before it offers',
		hint: 'Put the step that offers it before this one, or correct the name.',
	},
	'state.corrupt': {
		says: 'PATH does not hold what setup wrote there. WHERE',
		hint: 'Put it back from a backup, or move it away: the host itself and the journal are not touched by that, only the answers so far are forgotten.',
	},
	'state.newer': {
		says: 'PATH was written by a newer setup (version VERSION; this one knows 1)',
		hint: 'Use the newer setup, or move the file away to start without what it remembers.',
	},
	'state.unreadable': {says: 'PATH cannot be read (CODE)', hint: 'Run setup as root.'},
	'undo.failed': {
		says: 'ID could not be put back: SENTENCE',
		hint: 'Do what the sentence asks for. Then run setup undo again: it goes on from there.',
	},
	'undo.unknown-type': {
		says: 'the journal speaks of TYPE, which this version does not know',
		hint: 'Undo with the version that installed it.',
	},
	'usage.alarm': {
		says: 'OPTION wants ANOTHER, and VALUE is none',
		hint: 'setup doctor --test-alarm --mail root, or --webhook /etc/host-setup/webhook.',
	},
	'usage.choice': {says: 'OPTION cannot be VALUE', hint: 'It is one of CHOICES.'},
	'usage.date': {says: 'OPTION wants a date, and VALUE is none', hint: 'Write it as 2027-06-01.'},
	'usage.doctor': {says: 'the words after setup doctor are wrong: WHY', hint: 'setup doctor --help shows them.'},
	'usage.fix-root': {says: 'an offline root cannot be mended', hint: 'Run setup doctor fix on the host itself.'},
	'usage.needs-yes': {
		says: 'nobody is there to answer yes',
		hint: 'Add --yes to do it without asking, or --plan to see only.',
	},
	'usage.before': {
		says: 'what RELEASE takes away is not known, or it is not the release that comes next',
		hint: 'setup doctor --before trixie, on Debian 12; --before bookworm, on Debian 11.',
	},
	'usage.before-alone': {
		says: '--before is for a look at this host, and tells nobody else',
		hint: 'setup doctor --before trixie, or --before trixie before.packages.',
	},
	'usage.no-check': {says: 'there is no check or subject WORD', hint: 'setup list checks names all of them.'},
	'usage.no-reason': {
		says: 'why KEY is accepted must be said',
		hint: "setup doctor waive 'KEY' --reason 'behind the firewall of the office' --until 2027-06-01",
	},
	'usage.no-report': {says: 'FILE cannot be read (CODE)', hint: 'setup doctor --format json writes one.'},
	'usage.no-root': {says: 'ROOT is not a directory', hint: 'Name the directory that holds the root file system.'},
	'usage.no-run': {
		says: 'there is no run RUN',
		hint: 'setup log lists them; `setup log last` shows the newest.',
	},
	'usage.no-stack': {says: 'there is no stack NAME', hint: 'setup list stacks names all of them.'},
	'usage.no-step': {
		says: 'there is no stack, step, check or fault NAME',
		hint: 'setup list steps and setup list checks name all of them; docs/faults.md lists the faults.',
	},
	'usage.no-terminal': {
		says: 'the wizard asks and shows, and its input or its output is not a terminal',
		hint: '`setup apply FILE` installs from an answers file without asking; `setup answers init STACK` writes one. Over SSH, `ssh -t` gives a terminal.',
	},
	'usage.no-waiver': {says: 'KEY is not waived', hint: 'setup doctor lists what is.'},
	'usage.not-a-report': {
		says: 'NAME is not a report of setup doctor: WHY',
		hint: '`setup doctor --format json > report.json` writes one.',
	},
	'usage.not-installed': {
		says: 'stack STACK is not installed here, or has no such step',
		hint: 'setup status says what is.',
	},
	'usage.nothing-to-waive': {says: 'KEY finds nothing that could be waived', hint: 'setup doctor names what it finds.'},
	'usage.one-finding': {says: 'ACT wants one CHECK or CHECK[ITEM]', hint: 'setup doctor names them.'},
	'usage.option': {says: 'the words after setup are wrong: WHY', hint: '`setup --help` shows what there is.'},
	'usage.output': {
		says: 'PATH cannot be written (CODE)',
		hint: 'See whether its directory is there, and whether you may write in it.',
	},
	'usage.purge-name': {
		says: '--purge-data wants the name of the stack whose data is to go',
		hint: 'Type it as --purge-data STACK; it is dumped first.',
	},
	'usage.set': {
		says: 'an argument of --set is wrong: WHICH',
		hint: 'Write --set step.key=value, with the value as in the answers file; `setup explain STEP` lists the keys.',
	},
	'usage.skip': {
		says: '--skip UNKNOWN: there is no such thing in this plan',
		hint: '`setup explain STEP FILE` lists what a step has, by id.',
	},
	'usage.try': {says: '--try is for a look at this host only', hint: 'setup doctor --try, or --try CHECK.'},
	'usage.which-stack': {
		says: 'there are several stacks here: STACKS',
		hint: 'Name the one that is meant: setup undo STACK, or --step STACK/STEP.',
	},
	'usage.which-step': {says: 'several stacks have a step STEP', hint: 'Say which: STACK/STEP.'},
	'wizard.needs-root': {
		says: 'only root can install',
		hint: 'Run it with sudo. `setup plan FILE` and `setup doctor` need no root.',
	},
};
