/**
 * A run as a transient unit of systemd. setsid alone does not leave the session's control group, and systemd's default way to stop a unit
 * would take apt with it: KillMode=process reaches the run alone, which ends when what it runs has ended.
 */
import {existsSync} from 'node:fs';
import {runProgram} from '#host/programs/run-program.ts';
import {Blocked} from '#model/unknown.ts';

export type UnitOptions = {
	readonly name: string;
	readonly description: string;
	readonly argv: readonly string[];
	readonly cwd: string;
	/** Path of an EnvironmentFile. */
	readonly environment: string;
	/** Path of a file to be its stdin. */
	readonly stdin: string | undefined;
};

/** Is systemd PID 1 here? As sd_booted(3) asks. */
export const hasSystemd = (): boolean => existsSync('/run/systemd/system');

/** The command that starts it. Nothing in it is secret: every user can read it, and the unit, and the journal. */
export const unitArgv = ({name, description, argv, cwd, environment, stdin}: UnitOptions): readonly string[] => [
	'systemd-run',
	'--quiet',
	'--collect',
	'--no-ask-password',
	'--service-type=exec',
	`--unit=${name}`,
	`--description=${description}`,
	`--working-directory=${cwd}`,
	...[
		'KillMode=process',
		'SendSIGKILL=no',
		'OOMPolicy=continue',
		'TimeoutStopSec=15min',
		// Of what it knows no copy shall lie about in somebody's directory.
		'LimitCORE=0',
		'SyslogIdentifier=host-setup',
		`EnvironmentFile=${environment}`,
		...(stdin === undefined ? [] : [`StandardInput=file:${stdin}`]),
	].flatMap(property => ['-p', property]),
	'--',
	// systemd puts variables of the environment into arguments.
	...argv.map(word => word.replaceAll('$', '$$$$')),
];

/** Starts it; undefined when it runs, else why it could not be started this way. */
export const startUnit = async (options: UnitOptions): Promise<string | undefined> => {
	try {
		const {code, stderr} = await runProgram(unitArgv(options), {timeout: 60_000});
		return code === 0 || (await isUnitAlive(options.name)) ? undefined : stderr.trim();
	} catch (error) {
		if (error instanceof Blocked) return error.message;
		throw error;
	}
};

export const isUnitAlive = async (name: string): Promise<boolean> => {
	const {stdout} = await runProgram(['systemctl', 'show', '--property=ActiveState', '--value', name], {
		timeout: 30_000,
	});
	return ['active', 'activating', 'deactivating', 'reloading'].includes(stdout.trim());
};

/** Its last lines in the journal; none where there is no journal. */
export const unitLines = async (name: string): Promise<string> => {
	await runProgram(['journalctl', '--sync'], {timeout: 10_000}).catch(() => {});
	const ran = await runProgram(['journalctl', '--quiet', '--no-pager', '--output=cat', '--lines=20', '--unit', name], {
		timeout: 30_000,
	}).catch(() => undefined);
	return ran?.stdout ?? '';
};
