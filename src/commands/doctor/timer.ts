/** `setup doctor --install-timer`, `--remove-timer`: the doctor every quarter of an hour, its figures for node_exporter, a line in the journal only when something changed. */
import {doctorStack} from '#engine/journal.ts';
import type {Item} from '#engine/order.ts';
import {makePlan} from '#engine/plan.ts';
import {ownLauncher} from '#host/files/own-program.ts';
import {createReader} from '#host/reader.ts';
import {writersInWords} from '#host/trust/in-words.ts';
import {createTrusting, isRoots} from '#host/trust/who-may-write.ts';
import {Fault} from '#model/fault.ts';
import type {Resource} from '#model/resource.ts';
import {planText} from '#report/plan-text.ts';
import {styleFor} from '#report/style.ts';
import {absent} from '#resources/files/absent.ts';
import {directory} from '#resources/files/directory.ts';
import {unit, unitFile} from '#resources/units/unit.ts';
import {repair} from '#tasks/doctor/repair.ts';
import type {Channels} from '#tasks/doctor/send-alarm.ts';
import {heldRun} from '#tasks/held-run.ts';
import type {Output} from '#tasks/output.ts';
import {askYesNo} from '../yes-no.ts';
import type {DoctorArgs} from './args.ts';
import {metrics, timerName as name, timerFiles} from './timer-files.ts';

/** Plans, shows, asks and does it. Gives 0 when it is as asked, 1 when not. Throws Fault timer.not-roots, run.needs-root, usage.needs-yes, run.held. */
export const timerCommand = async (args: DoctorArgs, out: Output): Promise<number> => {
	if (args.installTimer) mustBeRootsProgram(ownLauncher());
	const resources = args.installTimer ? installed(ownLauncher(), args) : removed;
	const items: readonly Item[] = resources.map(resource => ({step: 'doctor-timer', resource}));
	const plan = await makePlan(items, createReader());
	const todo = plan.nodes.filter(node => node.look.state !== 'ok');
	if (args.testAlarm) await (await import('./alarm.ts')).testAlarmCommand(args, out);
	if (todo.length === 0) {
		out.stdout.write(args.installTimer ? `${name}.timer is installed and runs.\n` : `There is no ${name}.timer.\n`);
		return 0;
	}
	const title = args.installTimer
		? `A timer that runs the doctor, and writes ${metrics}/${name}.prom`
		: `${name}.timer goes away, and its figures with it`;
	out.stdout.write(planText(plan, title, {style: styleFor(out.stdout), diffs: true, verbose: false}));
	if (args.plan) return 0;
	if (plan.counts.failed > 0) return 1;
	if (!args.yes && !(await askYesNo('Do this?'))) {
		out.stdout.write('Nothing was changed.\n');
		return 1;
	}
	const what = `setup doctor --${args.installTimer ? 'install' : 'remove'}-timer`;
	return heldRun(
		{what, stack: doctorStack, state: args.state, format: 'text', again: 'Run the same command again to go on.'},
		out,
		async held => {
			const {outcome} = await repair(held, plan);
			return outcome === 'done' ? 0 : outcome === 'interrupted' ? 130 : 1;
		},
	);
};

/** systemd starts it as root at every quarter of an hour, whoever writes it by then. Throws Fault timer.not-roots. */
export const mustBeRootsProgram = (setup: string): void => {
	if (process.getuid?.() !== 0) return;
	const trust = createTrusting()(setup);
	if (isRoots(trust)) return;
	throw new Fault(
		'timer.not-roots',
		`no timer runs ${setup}: ${writersInWords(trust)}`,
		'Install the package, or clone it anew as root into a directory of root (/opt), and run it there.',
	);
};

/** What `setup` at this path needs to be run by systemd. */
export const installed = (setup: string, alarm: Channels = {}): readonly Resource[] => [
	directory({path: '/var/lib/prometheus'}),
	directory({path: metrics}),
	...Object.entries(timerFiles(setup, alarm)).map(([file, text]) => unitFile({name: file, text})),
	unit(
		{name: `${name}.timer`, enabled: true, running: true},
		{needs: [`path:/etc/systemd/system/${name}.timer`, `path:/etc/systemd/system/${name}.service`, `path:${metrics}`]},
	),
];

/** The timer first: a unit file that goes while its unit runs leaves it running. */
export const removed: readonly Resource[] = [
	unit({name: `${name}.timer`, enabled: false, running: false}),
	...[`/etc/systemd/system/${name}.timer`, `/etc/systemd/system/${name}.service`, `${metrics}/${name}.prom`].map(path =>
		absent({path}, {needs: [`unit:${name}.timer`]}),
	),
];
