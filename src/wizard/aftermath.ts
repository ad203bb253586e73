/** After a run: a shell in the same place, a report without secrets, and what stands at the end. */
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {dropDraft} from '#answers/interview/drafts.ts';
import {readState} from '#answers/state.ts';
import {isHeld} from '#engine/lock.ts';
import {writeOwnFile} from '#host/files/own-file.ts';
import type {Json} from '#model/json.ts';
import {faultText} from '#report/fault-text.ts';
import {styleFor} from '#report/style.ts';
import {openShell} from '#runner/shell.ts';
import {version} from '#tasks/state-place.ts';
import {healthOf} from './doctors-word.ts';
import {type Performer, stackOf} from './session.ts';

/** Leaves the screen for a shell, and comes back. */
export const shell: Performer<'shell'> = async ({program}, session, send) => {
	const code = await session.away(() =>
		openShell({
			env: program?.env ?? {},
			...(program?.cwd !== undefined && {cwd: program.cwd}),
			...(program?.as !== undefined && {as: program.as}),
		}),
	);
	session.reader.drop();
	send({type: 'notice', line: `The shell was left with ${code}.`});
};

/** Everything somebody needs who shall help: host, versions, what failed, the last lines. Events are free of secrets where they are made. */
export const report: Performer<'report'> = async (_effect, session, send, state) => {
	const {host, run} = state;
	const lines = [
		`host-setup ${version}, ${new Date().toISOString()}`,
		...(host
			? [`${host.release}, ${host.memoryMiB} MiB memory, ${host.freeDiskMiB} MiB free, Node ${process.version}`]
			: []),
		`stack ${session.stack?.id ?? '?'}, run ${run?.info?.run ?? '?'}: ${run?.outcome ?? 'in progress'}, ${run?.changed ?? 0} changed`,
		'',
		...(run?.steps ?? []).map(step => `${step.state.padEnd(8)} ${step.id}`),
		'',
		...(run?.faults ?? []).flatMap(fault => [
			`${fault.id}:`,
			...faultText(fault, styleFor({})).split('\n'),
			...fault.last.map(line => `  | ${line}`),
			'',
		]),
		'The log, its last lines:',
		...(run?.log ?? []).slice(-200),
	];
	send({type: 'report', lines, path: join('/root', `host-setup-report-${run?.info?.run ?? 'none'}.txt`)});
};

export const writeReport: Performer<'write-report'> = async ({path, lines}, _session, send) => {
	await writeOwnFile(path, `${lines.join('\n')}\n`, 0o600);
	send({type: 'notice', line: `Written: ${path} (0600)`});
};

/** A run says that it is done before it has written down what it installed: until then the answers are those of before. */
const overNow = async (state: string): Promise<void> => {
	const late = Date.now() + 30_000;
	while (isHeld(state) && Date.now() < late) await pause(50);
};

/** Where it is opened, by whom, what to do next; the draft has become what is installed. */
export const summary: Performer<'summary'> = async (_effect, session, send) => {
	const stack = stackOf(session);
	await overNow(session.place.state);
	session.reader.drop();
	const kept = await readState(session.place.state);
	const installed = kept.installed[stack.id];
	const answersFile = session.exported ?? join(session.place.state, 'answers', `${stack.id}.yaml`);
	const {adminSecret, ...opened} = stack.opens?.((installed?.answers ?? {}) as Readonly<Record<string, Json>>) ?? {};
	const health = await healthOf(session.place.state);
	await dropDraft(session.place.state, stack.id);
	send({
		type: 'summary',
		end: {
			answersFile,
			secrets: existsSync(session.place.secrets)
				? [`${session.place.secrets} holds what was generated (root only)`]
				: [],
			next: [
				...(adminSecret === undefined ? [] : [`setup secrets show ${adminSecret}   the administrator's password`]),
				'setup doctor',
				`setup apply ${answersFile}   on the next host`,
			],
			...opened,
			health,
		},
	});
};
