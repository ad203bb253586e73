/**
 * Every command line of a machine's processes, as any of its users could read them in /proc, looked at some hundred times a second. It is a
 * program of its own, so that it looks while the test waits: `node command-lines.ts PID`, where PID is the machine's first process.
 */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readdirSync, readFileSync, readlinkSync} from 'node:fs';
import {text} from 'node:stream/consumers';
import type {ThrowAway} from '#rehearse/throwaway.ts';

export type CommandLines = {
	/** Each once, arguments joined by spaces. */
	readonly seen: readonly string[];
	/** How often /proc was walked through. */
	readonly looks: number;
};

/** Looks once it resolves; `end` stops it and gives what was seen. */
export const watchCommandLines = async (host: ThrowAway): Promise<{end(): Promise<CommandLines>}> => {
	const child = spawn(process.execPath, [import.meta.filename, String(host.leader())], {
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const ended = once(child, 'exit');
	// A program that is only being started sees nothing yet: on a busy machine all the markers were over by then.
	await Promise.race([once(child.stdout, 'readable'), ended]);
	const said = text(child.stdout);
	return {
		async end() {
			child.kill('SIGTERM');
			await ended;
			return JSON.parse((await said).slice(looking.length)) as CommandLines;
		},
	};
};

const pauseMs = 2;
/** Looks. */
const young = 50;
/** What it says first. */
const looking = 'looking\n';

const watch = (leader: string): void => {
	const machine = readlinkSync(`/proc/${leader}/ns/pid`);
	const seen = new Set<string>();
	// What runs elsewhere stays elsewhere: only what comes later has to be asked for its namespace.
	const others = new Set(processes().filter(pid => namespaceOf(pid) !== machine));
	// How often each was looked at: a process gets its command line right after its number, so an old one is looked at now and then only.
	const ages = new Map<string, number>();
	let looks = 0;
	const parent = process.ppid;
	const look = (): void => {
		const now = processes();
		for (const pid of now) {
			if (others.has(pid)) continue;
			const age = ages.get(pid) ?? 0;
			ages.set(pid, age + 1);
			if (age > young && age % young !== 0) continue;
			const line = commandLineOf(pid);
			if (line === undefined || seen.has(line)) continue;
			if (namespaceOf(pid) === machine) seen.add(line);
		}
		if (looks % 500 === 0) {
			// A test that was killed asks for nothing any more.
			if (process.ppid !== parent) process.exit();
			const there = new Set(now);
			for (const gone of others.difference(there)) others.delete(gone);
			for (const pid of ages.keys()) if (!there.has(pid)) ages.delete(pid);
		}
		looks += 1;
	};
	look();
	process.stdout.write(looking);
	const timer = setInterval(look, pauseMs);
	process.once('SIGTERM', () => {
		clearInterval(timer);
		process.stdout.write(JSON.stringify({seen: [...seen], looks} satisfies CommandLines));
	});
};

const processes = (): readonly string[] => readdirSync('/proc').filter(name => name.charCodeAt(0) <= 57);

const commandLineOf = (pid: string): string | undefined => {
	try {
		const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
		return line === '' ? undefined : line.replaceAll('\0', ' ');
	} catch {
		return undefined;
	}
};

const namespaceOf = (pid: string): string | undefined => {
	try {
		return readlinkSync(`/proc/${pid}/ns/pid`);
	} catch {
		return undefined;
	}
};

if (import.meta.main) watch(process.argv[2] ?? 'self');
