/** The two files of systemd that run the doctor every quarter of an hour: written by `setup doctor --install-timer`, and in the package, where the timer is off. */
import type {Channels} from '#tasks/doctor/send-alarm.ts';

export const timerName = 'host-setup-doctor';

/** Where Debian's prometheus-node-exporter looks for *.prom. */
export const metrics = '/var/lib/prometheus/node-exporter';

/** By name; `setup` is the path of the program. Findings are no failure of the unit: they are in the figures. */
export const timerFiles = (setup: string, alarm: Channels = {}): Readonly<Record<string, string>> => ({
	[`${timerName}.service`]: `[Unit]
Description=Look at this host and write what was found as figures for node_exporter
After=multi-user.target

[Service]
Type=oneshot
ExecStart=${startWord(setup)} doctor --format prometheus --output ${metrics}/${timerName}.prom${alarmWords(alarm)}
SuccessExitStatus=1 2
TimeoutStartSec=2min
Nice=10
IOSchedulingClass=idle
`,
	[`${timerName}.timer`]: `[Unit]
Description=Look at this host every quarter of an hour

[Timer]
OnBootSec=3min
OnCalendar=*:0/15
RandomizedDelaySec=60

[Install]
WantedBy=timers.target
`,
});

/** A path as a unit file takes it for one word, whatever is in it. */
export const startWord = (path: string): string =>
	`"${path.replaceAll('%', '%%').replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/** Both were refused unless they are plain words. */
const alarmWords = ({mail, webhook}: Channels): string =>
	`${mail === undefined ? '' : ` --mail ${mail}`}${webhook === undefined ? '' : ` --webhook ${webhook}`}`;
