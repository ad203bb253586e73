/** ansible-core in an environment of its own on this machine, and the collection of this checkout against booted hosts over ssh. */
import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import {cache} from './needs.ts';
import {checkout} from './setup.ts';

export type Reached = {readonly name: string; readonly address: string; readonly key: string};

export type Played = {
	readonly code: number;
	/** Everything that was shown. */
	readonly text: string;
	/** Of each host's line in the recap. */
	readonly recap: Readonly<Record<string, Readonly<Record<string, number>>>>;
};

export type Controller = {
	readonly folder: string;
	/** Writes a file beside the inventory, 0600; gives its path. */
	put(name: string, text: string, mode?: number): string;
	/** `ansible-playbook` with these words. */
	play(words: readonly string[]): Promise<Played>;
	/** Any program of the environment. */
	run(program: string, words: readonly string[]): Promise<{readonly code: number; readonly text: string}>;
	/** The same with another ansible-core. */
	as(version: string): Promise<Controller>;
	remove(): void;
};

/** Installs this version once, from PyPI. */
const environment = async (version: string): Promise<string> => {
	const folder = join(cache(), `ansible-core-${version}`);
	if (existsSync(join(folder, 'bin/ansible-playbook'))) return folder;
	await execa('python3', ['-m', 'venv', folder]);
	await execa(join(folder, 'bin/pip'), ['install', '--quiet', `ansible-core==${version}`]);
	return folder;
};

/** What an operator has beside an inventory: keys, an ansible.cfg that notices a dead connection soon. */
export const controllerOf = async (hosts: readonly Reached[], version: string): Promise<Controller> => {
	const folder = mkdtempSync(join(tmpdir(), 'host-setup-fleet-'));
	const put = (name: string, text: string, mode = 0o600): string => {
		writeFileSync(join(folder, name), text, {mode});
		return join(folder, name);
	};
	put(
		'inventory',
		`[fleet]\n${hosts.map(({name, address, key}) => `${name} ansible_host=${address} ansible_user=root ansible_ssh_private_key_file=${key} ansible_python_interpreter=/usr/bin/python3\n`).join('')}`,
	);
	put(
		'ansible.cfg',
		`[defaults]
inventory = ${folder}/inventory
collections_path = ${checkout}
callbacks_enabled = host_setup.setup.verdicts
host_key_checking = false
forks = 10
retry_files_enabled = false
[ssh_connection]
ssh_args = -o ControlMaster=auto -o ControlPersist=60s -o ControlPath=${folder}/%C -o ServerAliveInterval=3 -o ServerAliveCountMax=2 -o UserKnownHostsFile=${folder}/known -o IdentitiesOnly=yes
`,
	);
	return at(folder, put, version);
};

const at = async (folder: string, put: Controller['put'], version: string): Promise<Controller> => {
	const bin = join(await environment(version), 'bin');
	const run = async (program: string, words: readonly string[]) => {
		const {exitCode = -1, all} = await execa(join(bin, program), [...words], {
			cwd: folder,
			reject: false,
			all: true,
			stdin: 'ignore',
			env: {
				ANSIBLE_CONFIG: join(folder, 'ansible.cfg'),
				ANSIBLE_HOME: join(folder, 'home'),
				ANSIBLE_NOCOLOR: '1',
				LC_ALL: 'C.UTF-8',
				PWD: folder,
				PYTHONDONTWRITEBYTECODE: '1',
				PATH: `${bin}:${process.env['PATH']}`,
			},
		});
		return {code: exitCode, text: all};
	};
	return {
		folder,
		put,
		run,
		async play(words) {
			const {code, text} = await run('ansible-playbook', words);
			return {code, text, recap: recapOf(text)};
		},
		as: other => at(folder, put, other),
		remove: () => rmSync(folder, {recursive: true, force: true}),
	};
};

/** For a failing test: each failure with what follows it, and the end. */
export const troubles = ({text}: Played): string =>
	`${[...text.matchAll(/^(?:fatal: |\[ERROR\])[\s\S]{0,1500}/gm)].map(([one]) => one).join('\n...\n')}\n...\n${text.slice(-1500)}`;

const recapOf = (text: string): Played['recap'] =>
	Object.fromEntries(
		[...text.matchAll(/^(\S+) +: (ok=\d+ .*)$/gm)].map(([, name = '', counts = '']) => [
			name,
			Object.fromEntries([...counts.matchAll(/(\w+)=(\d+)/g)].map(([, what, count]) => [what, Number(count)])),
		]),
	);
