/**
 * The one way to a program's own test of its configuration. `nginx -t` and its like are no look: they load modules, open logs, make directories and change
 * their owners, as root. What they read is known first; where anybody but root may write any of it, they are not run.
 */
import {basename} from 'node:path';
import {Fault} from '#model/fault.ts';
import type {ProgramOptions, Ran, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {apacheReads} from '../apache/reads.ts';
import {nginxReads} from '../nginx/reads.ts';
import {writersInWords} from './in-words.ts';
import {isRoots, type Trust, trust} from './who-may-write.ts';

/** Runs it as a look. Throws Blocked 'unsafe' with who may write what; TypeError for a test of which nobody knows what it reads: our defect. */
export const runTest = async (host: Reader, argv: readonly string[], options: ProgramOptions = {}): Promise<Ran> => {
	if ((await readsOf(host, argv)) === undefined) throw new TypeError(`it is not known what ${argv[0]} reads`);
	const [first] = await foreignReads(host, argv);
	if (first !== undefined) throw new Blocked({because: 'unsafe', need: notTested(argv, first)});
	return host.probe(argv, options);
};

/** The same before a file is replaced that the test is to judge. Throws Fault 'program.untrusted'. */
export const mayTest = async (host: Reader, argv: readonly string[]): Promise<void> => {
	const [first] = await foreignReads(host, argv);
	if (first !== undefined)
		throw new Fault(
			'program.untrusted',
			notTested(argv, first),
			'Let root own what root reads (setup doctor host.root-reads names it all), then run it again. Nothing was changed.',
		);
};

/** What it reads and somebody else may write. Nothing where it would not run as root, or where the program is none of those below. */
export const foreignReads = async (host: Reader, argv: readonly string[]): Promise<readonly Trust[]> => {
	if (process.getuid?.() !== 0) return [];
	const trusting = await host.fact(trust);
	return ((await readsOf(host, argv)) ?? [])
		.map(path => trusting(path))
		.filter(one => !isRoots(one) && (one.end !== 'absent' || one.writers.length > 0));
};

const notTested = (argv: readonly string[], first: Trust): string =>
	`${argv.join(' ')} would run what ${writersInWords(first)}: code as root`;

const readsOf = async (host: Reader, argv: readonly string[]): Promise<readonly string[] | undefined> => {
	const [program = '', ...words] = argv;
	const name = basename(program);
	if (/^(nginx|openresty)/.test(name)) {
		const own = `${program.replace(/\/sbin\/[^/]+$/, '')}/conf/nginx.conf`;
		const given = words.indexOf('-c');
		const conf = given >= 0 ? words[given + 1]! : (await host.stat(own)) === undefined ? '/etc/nginx/nginx.conf' : own;
		return host.fact(nginxReads(conf));
	}
	if (/^apache(2|2?ctl)$/.test(name)) return host.fact(apacheReads);
	if (name === 'visudo') return ['/etc/sudo.conf'];
	if (name !== 'sshd') return undefined;
	const directory = '/etc/ssh/sshd_config.d';
	const names = (await host.list(directory)) ?? [];
	const file = words.indexOf('-f');
	return [file < 0 ? '/etc/ssh/sshd_config' : words[file + 1]!, directory, ...names.map(one => `${directory}/${one}`)];
};
