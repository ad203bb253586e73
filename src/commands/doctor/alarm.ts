/** `setup doctor --mail`, `--webhook`, `--test-alarm`: who is told of what changed. Loaded only where somebody shall be. */
import {hostname} from 'node:os';
import type {Report} from '#doctor/types.ts';
import {Fault} from '#model/fault.ts';
import type {DoctorPlace} from '#tasks/doctor/place.ts';
import {sendAlarms, testAlarm} from '#tasks/doctor/send-alarm.ts';
import type {Output} from '#tasks/output.ts';
import type {DoctorArgs} from './args.ts';

/** A look at this very host, by root, as of now; of any other nobody is told. Throws Fault alarm.needs-root, alarm.mail, alarm.webhook. */
export const tellAlarm = async (report: Report, args: DoctorArgs, place: DoctorPlace): Promise<void> => {
	if (!report.isRoot) throw new Fault('alarm.needs-root', 'only root can send an alarm', 'Run it with sudo.');
	if (report.root === '/' && args.at === undefined) await sendAlarms(report, args, place);
};

/** Gives 0 when each took it. Throws Fault alarm.needs-root, alarm.mail, alarm.webhook. */
export const testAlarmCommand = async (args: DoctorArgs, out: Output): Promise<number> => {
	if (process.getuid?.() !== 0) throw new Fault('alarm.needs-root', 'only root can send an alarm', 'Run it with sudo.');
	await testAlarm(hostname(), args);
	for (const where of [args.mail, args.webhook && `the webhook of ${args.webhook}`])
		if (where !== undefined) out.stdout.write(`Sent to ${where}.\n`);
	return 0;
};
