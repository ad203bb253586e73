/** `setup doctor`: looks at the host and reports. Loads only what the words ask for, because it is run every few minutes. */
import {exitCodeOf} from '#doctor/exit-code.ts';
import type {Report} from '#doctor/types.ts';
import type {AnyCheck} from '#model/check.ts';
import type {Output} from '#tasks/output.ts';
import {optimizeNothing} from '#tasks/short-look.ts';
import {type DoctorArgs, doctorArgs, helpText} from './args.ts';

/** Everything after `setup doctor`; `all` are other checks than those there are. Gives 0, 1 or 2 as exitCodeOf says (with --format nagios what nagiosExit says), 130 when interrupted. Throws Fault usage.*. */
export const doctorCommand = async (
	argv: readonly string[],
	out: Output,
	all?: readonly AnyCheck[],
): Promise<number> => {
	const args = doctorArgs(argv);
	if (args.help) {
		out.stdout.write(helpText);
		return 0;
	}
	if (args.installTimer || args.removeTimer) return (await import('./timer.ts')).timerCommand(args, out);
	if (args.testAlarm) return (await import('./alarm.ts')).testAlarmCommand(args, out);
	switch (args.act) {
		case 'look':
			return args.from.length === 0 ? look(args, out, all) : showOld(args, out);
		case 'fix':
			return (await import('./fix.ts')).fixCommand(args, out, all);
		case 'waive':
			return (await import('./waive.ts')).waiveCommand(args, out, all);
		case 'unwaive':
			return (await import('./waive.ts')).unwaiveCommand(args, out);
		case 'waivers':
			return (await import('./waive.ts')).waiversCommand(args, out);
	}
};

const look = async (args: DoctorArgs, out: Output, all?: readonly AnyCheck[]): Promise<number> => {
	const {lookAt, selectHere} = await import('#tasks/doctor/look.ts');
	optimizeNothing();
	const selection =
		args.before === undefined
			? await selectHere(args.words, all)
			: await (await import('#tasks/doctor/before/select.ts')).selectBefore(args.before, args.words, args.root);
	const {report, interrupted, place, stored} = await lookAt({...args, selection}, out);
	await show(report, args, out);
	// What another day would bring, an image that does not run, and half a look are not what was found here.
	const ofNow = report.root === '/' && args.at === undefined && args.before === undefined;
	if (report.isRoot && ofNow && stored.memory !== undefined && !interrupted)
		await (await import('#tasks/doctor/store.ts')).keepRun(
			place,
			report,
			stored.memory,
			line => void out.stderr.write(`${line}\n`),
		);
	if (!interrupted && (args.mail !== undefined || args.webhook !== undefined))
		await (await import('./alarm.ts')).tellAlarm(report, args, place);
	return interrupted ? 130 : codeOf(report, args);
};

const showOld = async (args: DoctorArgs, out: Output): Promise<number> => {
	const {isOneReport, readFleet, readOldReport} = await import('./from.ts');
	const [file = '', ...more] = args.from;
	if (more.length > 0 || !(await isOneReport(file))) {
		const fleet = await readFleet(args.from, args.failOn);
		await (await import('./report-to.ts')).putFleet(fleet, args, out);
		return fleet.exitCode;
	}
	const report = await readOldReport(file);
	await show(report, args, out);
	return codeOf(report, args);
};

const show = async (report: Report, args: DoctorArgs, out: Output): Promise<void> =>
	(await import('./report-to.ts')).putReport(report, args, out);

/** A monitoring system knows its own four codes only. */
const codeOf = async (report: Report, {format, failOn}: DoctorArgs): Promise<number> =>
	format === 'nagios' ? (await import('#report/doctor/nagios.ts')).nagiosExit(report) : exitCodeOf(report, failOn);
