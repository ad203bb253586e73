/** `setup doctor --install-timer`, `--remove-timer`: the doctor every quarter of an hour, its figures for node_exporter, a line in the journal only when something changed. */
import {dirname, join} from 'node:path';
import {doctorStack} from '#engine/journal.ts';
import type {Item} from '#engine/order.ts';
import {makePlan} from '#engine/plan.ts';
import {createReader} from '#host/reader.ts';
import type {Resource} from '#model/resource.ts';
import {planText} from '#report/plan-text.ts';
import {styleFor} from '#report/style.ts';
import {absent} from '#resources/files/absent.ts';
import {directory} from '#resources/files/directory.ts';
import {unit, unitFile} from '#resources/units/unit.ts';
import {repair} from '#tasks/doctor/repair.ts';
import {heldRun} from '#tasks/held-run.ts';
import type {Output} from '#tasks/output.ts';
import {askYesNo} from '../yes-no.ts';
import type {DoctorArgs} from './args.ts';

const name = 'host-setup-doctor';

/** Where Debian's prometheus-node-exporter looks for *.prom. */
const metrics = '/var/lib/prometheus/node-exporter';

/** Plans, shows, asks and does it. Gives 0 when it is as asked, 1 when not. Throws Fault run.needs-root, usage.needs-yes, run.held. */
export const timerCommand = async (args: DoctorArgs, out: Output): Promise<number> => {
	const resources = args.installTimer ? installed(launcher()) : removed;
	const items: readonly Item[] = resources.map(resource => ({step: 'doctor-timer', resource}));
	const plan = await makePlan(items, createReader());
	const todo = plan.nodes.filter(node => node.look.state !== 'ok');
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

/** The program that was called, whether from dist/ or from src/: both lie beside it. */
const launcher = (): string => join(dirname(process.argv[1] ?? ''), '..', 'setup');

/** What `setup` at this path needs to be run by systemd. Findings are no failure of the unit: they are in the figures. */
export const installed = (setup: string): readonly Resource[] => [
	directory({path: '/var/lib/prometheus'}),
	directory({path: metrics}),
	unitFile({
		name: `${name}.service`,
		text: `[Unit]
Description=Look at this host and write what was found as figures for node_exporter
After=multi-user.target

[Service]
Type=oneshot
ExecStart="${setup.replaceAll('%', '%%').replaceAll('\\', '\\\\').replaceAll('"', '\\"')}" doctor --format prometheus --output ${metrics}/${name}.prom
SuccessExitStatus=1 2
TimeoutStartSec=2min
Nice=10
IOSchedulingClass=idle
`,
	}),
	unitFile({
		name: `${name}.timer`,
		text: `[Unit]
Description=Look at this host every quarter of an hour

[Timer]
OnBootSec=3min
OnCalendar=*:0/15
RandomizedDelaySec=60

[Install]
WantedBy=timers.target
`,
	}),
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
