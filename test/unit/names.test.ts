/**
 * A short name may stand in many rooms where the room says the rest and the meaning is one: all that a service says of itself now is `now.ts`. One
 * name with two meanings sends a reader into the wrong room, so every name that recurs is judged here, once.
 */
import {globSync} from 'node:fs';
import {basename, join} from 'node:path';
import {expect, test} from 'vitest';

/** What a name means in all rooms that it stands in. A check is named for what it looks at, and is no part of this. */
const meanings: Readonly<Record<string, string>> = {
	'alarm.ts': 'tells somebody what got worse',
	'ask.ts': 'asks a program of the host and waits for its answer',
	'attach.ts': 'comes to a run that is under way: the command, and what it does',
	'checkout.ts': 'a git checkout',
	'client.ts': 'one connection to a service, in its own protocol',
	'config.ts': 'the configuration of a service, read or wanted',
	'database.ts': 'a database',
	'digest.ts': 'a digest, of bytes or of answers',
	'docker.ts': 'Docker',
	'dump.ts': 'a database written to a file before it goes',
	'edges.ts': 'what the resources of a room need, provide and lock',
	'environment.ts': 'the environment that a program is started with',
	'exit-code.ts': 'from what happened to the code that a command ends with',
	'explain.ts': '`setup explain`: the command, and its words about checks',
	'export.ts': 'answers written to a file: the writer, and its screen',
	'file.ts': "a file: a service's own, as it is written, or one that is wanted",
	'files.ts': 'files on this host',
	'firewall.ts': 'what comes in from outside',
	'from.ts': 'a report that was written before: `doctor --from`',
	'host.ts': 'the host',
	'html.ts': 'a report as one page: of a host, of a fleet',
	'in-time.ts': 'something that ends by itself in time',
	'input.ts': 'what an operator types or sends to a renderer',
	'json-lines.ts': 'one JSON document on each line',
	'json.ts': 'JSON',
	'lock.ts': 'a lock that other processes respect',
	'log.ts': 'the log of a run: the writer, and its screen',
	'login.ts': 'a login as proof',
	'look.ts': 'looks at what is there, and changes nothing',
	'main.ts': 'the entry of a bundle: its words to an exit code',
	'mariadb.ts': 'MariaDB',
	'ndjson.ts': 'the format of one JSON document a line',
	'nginx.ts': 'nginx',
	'not-taken-up.ts': 'settings that stand in the file and not yet in the process',
	'now.ts': 'what a running service says of itself',
	'offers.ts': 'what steps offer each other: the kinds, and how they are found',
	'packages.ts': 'packages of the distribution',
	'password.ts': 'a password, kept or wanted in a form of its own',
	'paths.ts': 'paths, and what may be said of them',
	'plan.ts': 'a plan: the command, and what makes it',
	'ports.ts': 'ports that must be free or open',
	'postgres.ts': 'PostgreSQL',
	'preflight.ts': 'what is looked at before anything is begun',
	'probes.ts': 'questions to the world beside those to the operator: asked, and shown',
	'program.ts': 'which program does it, and with which words',
	'project.ts': 'a Django project',
	'prometheus.ts': 'a report as gauges: of a host, of a fleet',
	'questions.ts': 'questions to the operator',
	'read-as.ts': 'reads as the user whose it is',
	'read.ts': 'the reader of a format',
	'reads.ts': "what root's web server reads",
	'renderer.ts': 'one of the three that draw a view',
	'report.ts': "the doctor's report",
	'review.ts': 'the plan, shown for a decision: made, and drawn',
	'run.ts': 'a run: what it does, and what a line-by-line screen shows of it',
	'secrets.ts': 'secrets, and where they are kept',
	'script.ts': 'the text of files that stand beside it',
	'select.ts': 'which checks are meant',
	'servers.ts': 'servers of this host that are looked at together',
	'sites.ts': 'the sites that a server is told to serve',
	'sql.ts': 'values written into SQL',
	'sshd.ts': 'sshd',
	'start.ts': 'the first screen: made, and drawn',
	'sudoers.ts': 'what sudo lets somebody do',
	'terminal.ts': 'the terminal',
	'text.ts': 'a report or a view as lines of text',
	'tls.ts': 'TLS of a service',
	'tree.ts': 'a tree of files',
	'types.ts': 'the types of its room',
	'undo.ts': 'how something is taken back',
	'unit.ts': 'a unit of systemd',
	'units.ts': 'units of systemd',
	'uwsgi.ts': 'uwsgi',
	'what-root-does.ts': "what a site file makes root's server do",
	'yaml.ts': 'YAML',
};

test('a name that stands in several rooms means one thing in all of them', () => {
	const files = globSync(['src/**/*.{ts,tsx}', 'steps/**/*.ts', 'stacks/**/*.ts'], {
		cwd: join(import.meta.dirname, '../..'),
	}).filter(file => !/\.test\.ts$|(^|\/)index\.ts$|^stacks\/[^/]+\//.test(file));
	const recurring = [...Map.groupBy(files, file => basename(file))].filter(([, all]) => all.length > 1);
	expect(recurring.filter(([name]) => meanings[name] === undefined).map(([, all]) => all)).toEqual([]);
});
