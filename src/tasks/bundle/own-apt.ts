/**
 * apt beside the host's: the host's sources, keys and configuration, and a state of its own in which nothing is installed. So what it gathers does not depend on
 * what this host has already, its lists stay as they are, and nobody has to be root.
 */
import {existsSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {inAptWords} from '#host/apt/what-apt-says.ts';
import {makeOwnDirectory, writeOwnFile} from '#host/files/own-file.ts';
import {programFault, runProgram} from '#host/programs/run-program.ts';

export type OwnApt = {
	readonly lists: string;
	readonly archives: string;
	/** One file of an archive, by its sum; its directory is made. Throws the apt faults. */
	download(from: string, to: string, sha256: string): Promise<void>;
	/** Runs apt-get and gives its stdout. Throws the apt faults. */
	get(words: readonly string[], what: string, onLine?: (line: string) => void): Promise<string>;
};

/** In this directory, which it makes where it is not there. What was fetched into it before is not fetched again. */
export const ownApt = async (directory: string): Promise<OwnApt> => {
	const [lists, cache, status] = ['lists', 'cache', 'status'].map(name => join(directory, name)) as [
		string,
		string,
		string,
	];
	await makeOwnDirectory(join(lists, 'partial'), 0o755);
	await makeOwnDirectory(join(cache, 'archives/partial'), 0o755);
	await writeOwnFile(status, '', 0o644);
	const options = [
		`Dir::State=${directory}`,
		`Dir::State::Lists=${lists}`,
		`Dir::State::status=${status}`,
		`Dir::State::extended_states=${join(directory, 'extended')}`,
		`Dir::Cache=${cache}`,
		'Debug::NoLocking=1',
		// As who started it: the directory is theirs.
		'APT::Sandbox::User=',
		'Acquire::GzipIndexes=false',
		'Acquire::Languages=none',
		'Acquire::PDiffs=false',
		'Acquire::Retries=3',
		'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false',
		'APT::Get::List-Cleanup=false',
		'APT::Update::Error-Mode=any',
	].flatMap(option => ['-o', option]);
	return {
		lists,
		archives: join(cache, 'archives'),
		async download(from, to, sha256) {
			if (existsSync(to)) return;
			await makeOwnDirectory(dirname(to), 0o755);
			const argv = ['/usr/lib/apt/apt-helper', '-q', ...options, 'download-file', from, to, `SHA256:${sha256}`];
			const ran = await runProgram(argv, {fetches: true});
			if (ran.code !== 0)
				throw inAptWords(programFault(argv, ran), `${ran.stdout}\n${ran.stderr}`.split('\n'), `fetching ${from}`);
		},
		async get(words, what, onLine) {
			const lines: string[] = [];
			const argv = ['apt-get', '-q', '-y', ...options, ...words];
			const ran = await runProgram(argv, {
				fetches: true,
				env: {DEBIAN_FRONTEND: 'noninteractive'},
				onLine: line => {
					lines.push(line);
					onLine?.(line);
				},
			});
			if (ran.code !== 0) throw inAptWords(programFault(argv, ran), lines, what);
			return ran.stdout;
		},
	};
};
