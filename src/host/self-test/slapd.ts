/** slapd: `slaptest` as slapd's own user, for what it reads is that user's, and the shell's own test of the file of words that its init script takes in. */
import {basename} from 'node:path';
import type {Reader} from '#model/host.ts';
import {isRoots, trust} from '../trust/who-may-write.ts';
import {type Outcome, outcomeOf} from './outcome.ts';
import {optionOf, type Starts} from './starts.ts';

export const slapdTest = async ({running}: Starts, host: Reader): Promise<Outcome> => {
	const user = optionOf(running, '-u');
	if (user === undefined) return {untested: 'it is not known as whom slapd runs'};
	const [directory, file] = [optionOf(running, '-F'), optionOf(running, '-f')];
	const place = directory !== undefined ? ['-F', directory] : file !== undefined ? ['-f', file] : [];
	return outcomeOf(await host.probe(['/usr/sbin/slaptest', '-u', '-Q', ...place], {as: user}), / line \d+|error/i);
};

/** What an init script takes in is a program of the shell: with an open quote the script does not run at all. */
export const initScriptTest = async ({script}: Starts, host: Reader): Promise<Outcome> => {
	if (!script.startsWith('/etc/init.d/')) return 'fine';
	const file = `/etc/default/${basename(script)}`;
	if ((await host.stat(file, {follow: true}))?.kind !== 'file') return 'fine';
	if (!isRoots((await host.fact(trust))(file))) return {untested: `${file} is not root's alone`};
	return outcomeOf(await host.probe(['/bin/sh', '-n', file]), /: \d+: /);
};
