/** The timer that makes a backup each night, and lets old snapshots go: what is to be done by hand is not done. */
import type {Item} from '#engine/order.ts';
import {makePlan} from '#engine/plan.ts';
import {ownLauncher} from '#host/files/own-program.ts';
import type {Resource} from '#model/resource.ts';
import {absent} from '#resources/files/absent.ts';
import {unit, unitFile} from '#resources/units/unit.ts';
import {repair} from '#tasks/doctor/repair.ts';
import type {Held} from '#tasks/held-run.ts';
import {mustBeRootsProgram} from '../doctor/timer.ts';
import {startWord} from '../doctor/timer-files.ts';

const name = 'host-setup-backup';

/** On or off. Gives whether it is so. Throws Fault timer.not-roots. */
export const setNightly = async (held: Held, on: boolean): Promise<boolean> => {
	if (on) mustBeRootsProgram(ownLauncher());
	const resources = on ? installed(ownLauncher()) : removed;
	const items: readonly Item[] = resources.map(resource => ({step: 'backup-timer', resource}));
	const {outcome} = await repair(held, await makePlan(items, held.reader));
	return outcome === 'done';
};

const installed = (setup: string): readonly Resource[] => [
	...Object.entries(nightlyFiles(setup)).map(([file, text]) => unitFile({name: file, text})),
	unit(
		{name: `${name}.timer`, enabled: true, running: true},
		{needs: [`path:/etc/systemd/system/${name}.timer`, `path:/etc/systemd/system/${name}.service`]},
	),
];

/** The timer first: a unit file that goes while its unit runs leaves it running. */
const removed: readonly Resource[] = [
	unit({name: `${name}.timer`, enabled: false, running: false}),
	...[`/etc/systemd/system/${name}.timer`, `/etc/systemd/system/${name}.service`].map(path =>
		absent({path}, {needs: [`unit:${name}.timer`]}),
	),
];

/** By name; `setup` is the path of the program. */
const nightlyFiles = (setup: string): Readonly<Record<string, string>> => ({
	[`${name}.service`]: `[Unit]
Description=Save what the stacks of this host hold
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
ExecStart=${startWord(setup)} backup now
ExecStart=${startWord(setup)} backup forget
TimeoutStartSec=12h
Nice=10
IOSchedulingClass=idle
`,
	[`${name}.timer`]: `[Unit]
Description=Save what the stacks of this host hold, each night

[Timer]
OnCalendar=*-*-* 02:30
RandomizedDelaySec=1h
Persistent=true

[Install]
WantedBy=timers.target
`,
});
