/** What is said when a path of somebody else is not what it was, or leads where they should not lead root. */
import {readFileSync} from 'node:fs';
import {Fault} from '#model/fault.ts';

/** A link that root does not follow: where it is, where it points, whose it is. */
export const leadsOut = (asked: string, link: {readonly path: string; readonly target: string}, uid: number): Fault =>
	new Fault(
		'path.leads-out',
		`${asked === link.path ? asked : `${asked}: ${link.path}`} is a link to ${link.target}, in a directory that others than root may write`,
		`It belongs to ${nameOf(uid)}. Nothing behind it was touched. Put the real thing in its place, or answer with the path it points to.`,
	);

export const loopOf = (path: string): Fault =>
	new Fault('file.loop', `${path} is a loop of symbolic links`, 'Mend the links, then run it again.');

/** Another thing stands there than the one that was looked at. */
export const moved = (path: string): Fault =>
	new Fault(
		'file.moved',
		`${path} was changed by somebody else since it was looked at`,
		'Run the plan again: it shows what is there now.',
	);

/** A second name of somebody's file: what is done to it here is done to the other as well. */
export const hardLinked = (path: string, uid: number): Fault =>
	new Fault(
		'path.hard-link',
		`${path} is another name of a file of ${nameOf(uid)}, in a directory that others than root may write`,
		'Nothing was done to it. See what it is (find / -xdev -samefile), and put a file of its own in its place.',
	);

const nameOf = (uid: number): string => {
	try {
		const line = readFileSync('/etc/passwd', 'utf8')
			.split('\n')
			.find(one => one.split(':')[2] === String(uid));
		return line?.split(':')[0] ?? `uid ${uid}`;
	} catch {
		return `uid ${uid}`;
	}
};
