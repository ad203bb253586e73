/**
 * What root asked the system for by a name that somebody else could have swapped: strace of a whole run, read.
 * Programs that run as the application's user are left out, for they can do nothing that their user cannot.
 */
import {readFileSync, rmSync} from 'node:fs';
import type {ThrowAway} from '#rehearse/throwaway.ts';

const log = '/var/tmp/names.trace';
const calls = '%file,fchownat,fchmodat,unlinkat,renameat2,setuid,setreuid,setresuid,clone,clone3,fork,vfork';

export type NamesUsed = {
	readonly code: number;
	readonly stdout: string;
	/** Calls of root that name something below a directory of somebody else. */
	readonly byName: readonly string[];
	/** How many calls of root went by a descriptor there. */
	readonly byDescriptor: number;
};

/**
 * Runs argv in the host under strace. `foreign`: directories in which others than root may write, as they are afterwards. `leave`: programs whose calls, and
 * those of all that they start, are Debian's own affair.
 */
export const tracedNames = async (
	host: ThrowAway,
	argv: readonly string[],
	foreign: readonly string[] | (() => Promise<readonly string[]>),
	leave?: RegExp,
): Promise<NamesUsed> => {
	const {code, stdout} = await host.run(
		['strace', '-f', '-y', '-qq', '-s', '4096', '-o', log, '-e', `trace=${calls}`, '-e', 'signal=none', ...argv],
		{timeout: 5_400_000},
	);
	const text = readFileSync(`${host.root}${log}`, 'utf8');
	rmSync(`${host.root}${log}`);
	const ofRoot = callsOfRoot(text, leave);
	const tops = typeof foreign === 'function' ? await foreign() : foreign;
	return {
		code,
		stdout,
		byName: ofRoot.filter(call => swappable(call, tops)),
		byDescriptor: ofRoot.filter(call => namesOf(call).some(name => descriptor.test(name))).length,
	};
};

/** A name in a held directory; what is behind it is another matter. */
const descriptor = /^\/proc\/(?:self|\d+)\/fd\/\d+\/(?!\.\.?$)[^/]+$/;
const belowDescriptor = /^\/proc\/(?:self|\d+)\/fd\/\d+\/[^/]+\/./;

/** Does the call lead where whoever owns one of the directories wants? */
const swappable = (call: string, foreign: readonly string[]): boolean =>
	namesOf(call).some(
		name =>
			foreign.some(top => name.startsWith(`${top}/`)) ||
			belowDescriptor.test(name) ||
			(descriptor.test(name) && !leavesLinks(call)),
	);

/** A call that does not follow a link at its last name. */
const leavesLinks = (call: string): boolean =>
	/^(?:unlink|unlinkat|rename|renameat|renameat2|rmdir|mkdir|mkdirat|symlink|symlinkat|readlink|readlinkat|lstat|lchown|lgetxattr|llistxattr|link|linkat)\(/.test(
		call,
	) || /NOFOLLOW|O_EXCL/.test(call);

/** The paths of a call, made absolute where strace tells the directory they start from. What a call answers, and arguments of a program, are none. */
const namesOf = (call: string): readonly string[] => {
	const name = call.slice(0, call.indexOf('('));
	const strings = [...call.matchAll(/(?:AT_FDCWD<([^>]*)>, )?"((?:[^"\\]|\\.)*)"/g)].map(([, cwd, path = '']) =>
		path.startsWith('/') || path === '' || cwd === undefined ? path : `${cwd}/${path}`,
	);
	if (name === 'getcwd') return [];
	if (/^symlink/.test(name)) return strings.slice(-1);
	return /^(?:rename|link)/.test(name) ? strings : strings.slice(0, 1);
};

/** Whole lines without the process, of processes whose user is root at that moment. */
const callsOfRoot = (text: string, leave: RegExp | undefined): readonly string[] => {
	const lines = joined(text);
	const parents = new Map<string, string>();
	for (const {pid, call} of lines) {
		const child = /^(?:clone3?|v?fork)\(.* = (\d+)/s.exec(call)?.[1];
		if (child !== undefined) parents.set(child, pid);
	}
	const root = new Map<string, boolean>();
	const isRoot = (pid: string): boolean => {
		const known = root.get(pid);
		if (known !== undefined) return known;
		const parent = parents.get(pid);
		const now = parent === undefined ? true : isRoot(parent);
		root.set(pid, now);
		return now;
	};
	const left = new Set<string>();
	const isLeft = (pid: string): boolean => {
		if (left.has(pid)) return true;
		const parent = parents.get(pid);
		return parent !== undefined && isLeft(parent);
	};
	return lines.flatMap(({pid, call}) => {
		if (isLeft(pid)) return [];
		if (leave?.test(/^execve\("([^"]*)".* = 0$/s.exec(call)?.[1] ?? '')) left.add(pid);
		const was = isRoot(pid);
		const to = /^set(?:re|res)?uid\((\d+).* = 0$/.exec(call)?.[1];
		if (to !== undefined && to !== '0') root.set(pid, false);
		return was ? [call] : [];
	});
};

/** Calls that another process' line cut in two are put together. */
const joined = (text: string): readonly {readonly pid: string; readonly call: string}[] => {
	const begun = new Map<string, string>();
	const calls: {pid: string; call: string}[] = [];
	for (const line of text.split('\n')) {
		const [, pid, rest] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
		if (pid === undefined || rest === undefined) continue;
		const start = /^(.*) <unfinished \.\.\.>$/.exec(rest)?.[1];
		if (start !== undefined) {
			begun.set(pid, start);
			continue;
		}
		const end = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest)?.[1];
		calls.push({pid, call: end === undefined ? rest : `${begun.get(pid) ?? ''}${end}`});
	}
	return calls;
};
