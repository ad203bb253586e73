/** What a process that runs may do with a path, by the kernel's own word: mode, groups that it started with, access lists and the directories above, all at once. */
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {batched} from '../batch.ts';
import {procText} from '../system/proc-text.ts';
import type {Process} from '../system/process-table.ts';

/** To pass a directory, or to write to a socket or file. */
export type Right = 'executable' | 'writable';

/** Throws Blocked where only root may ask. */
export const mayAs = async (host: Reader, {pid, uid, gid}: Process, right: Right, path: string): Promise<boolean> => {
	if (uid === 0) return true;
	if (process.geteuid?.() !== 0)
		throw new Blocked({because: 'needs-root', need: `only root may ask what process ${pid} may do with ${path}`});
	return asked(JSON.stringify([pid, uid, gid, right, path]), host);
};

/** One `find` for all that are asked of one process: it asks access(2), which `test` of a shell would for one path only. */
const asked = batched<string, boolean>('process-rights', async (questions, host) => {
	const all = questions.map(question => JSON.parse(question) as [number, number, number, Right, string]);
	const groups = Map.groupBy(all, question => JSON.stringify(question.slice(0, 4)));
	const granted = new Set<string>();
	for (const [first, same] of groups) {
		const [[pid, uid, gid, right]] = same as [[number, number, number, Right, string]];
		const own = groupsOf(pid);
		const {code, stdout, stderr} = await host.probe(
			[
				...['setpriv', `--reuid=${uid}`, `--regid=${gid}`, own === '' ? '--clear-groups' : `--groups=${own}`, '--'],
				...[
					'find',
					'-H',
					...same.slice(0, most).map(([, , , , path]) => path),
					'-maxdepth',
					'0',
					`-${right}`,
					'-print0',
				],
			],
			{timeout: 3000},
		);
		// find itself ends with 1 where a directory above lets it not pass: that is an answer.
		if (code > 1 || /^setpriv: /m.test(stderr))
			throw new Blocked({because: 'unreadable', need: `what process ${pid} may do: find ended with ${code}`});
		// What is past the bound is not answered for, and so not complained of.
		for (const path of [...stdout.split('\0'), ...same.slice(most).map(([, , , , one]) => one)])
			granted.add(`${first} ${path}`);
	}
	return all.map(question => granted.has(`${JSON.stringify(question.slice(0, 4))} ${question[4]}`));
});

const most = 500;

const groupsOf = (pid: number): string => {
	try {
		return (/^Groups:[ \t]*(.*)$/m.exec(procText(`/proc/${pid}/status`))?.[1] ?? '').trim().replace(/\s+/g, ',');
	} catch {
		throw new Blocked({because: 'unreadable', need: `process ${pid} has ended meanwhile`});
	}
};
