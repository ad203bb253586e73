/** `setup doctor waive|unwaive|waivers`: accepting what was found as it is, and taking that back. */
import {userInfo} from 'node:os';
import {checkOf} from '#doctor/waiver-rows.ts';
import {canBeWaived, evidenceOf, isExpired, type Waiver} from '#doctor/waivers.ts';
import type {AnyCheck} from '#model/check.ts';
import {Fault} from '#model/fault.ts';
import {printable, printableJson} from '#model/printable.ts';
import {styleFor} from '#report/style.ts';
import {lookAt, selectHere} from '#tasks/doctor/look.ts';
import {doctorPlace} from '#tasks/doctor/place.ts';
import {changeWaivers, readStored} from '#tasks/doctor/store.ts';
import type {Output} from '#tasks/output.ts';
import type {DoctorArgs} from './args.ts';

/** Looks first, for a waiver pins what is seen. Gives 0. Throws Fault usage.* where there is nothing to waive. */
export const waiveCommand = async (args: DoctorArgs, out: Output, all?: readonly AnyCheck[]): Promise<number> => {
	const key = keyOf(args);
	if (args.reason === undefined || args.reason.trim() === '')
		throw new Fault(
			'usage.no-reason',
			`why ${key} is accepted must be said`,
			`setup doctor waive '${key}' --reason 'behind the firewall of the office' --until 2027-06-01`,
		);
	needsRoot(args);
	const {report, place} = await lookAt({...args, selection: await selectHere([checkOf(key)], all)}, out);
	const rows = report.rows.filter(row => row.key === key);
	const open = rows.find(canBeWaived);
	if (open === undefined) {
		const others = report.rows.filter(canBeWaived).map(row => row.key);
		throw new Fault(
			'usage.nothing-to-waive',
			rows.length > 0 ? `${key} is ${rows[0]!.state}: there is nothing to waive` : `${key} finds nothing here`,
			others.length > 0 ? `There are: ${others.join(', ')}.` : 'setup doctor shows what was found.',
		);
	}
	const waiver: Waiver = {
		key,
		reason: args.reason.trim(),
		at: report.at,
		by: process.env['SUDO_USER'] ?? userInfo().username,
		evidence: evidenceOf(open),
		says: open.says,
		...(args.until !== undefined && {until: args.until}),
	};
	await changeWaivers(place, before => [...before.filter(one => one.key !== key), waiver]);
	out.stdout.write(
		`${printable(`Waived${args.until === undefined ? '' : ` until ${args.until}`}: ${key}: ${open.says}`)}\nAnother value opens it again.\n`,
	);
	return 0;
};

/** Gives 0. Throws Fault usage.no-waiver. */
export const unwaiveCommand = async (args: DoctorArgs, out: Output): Promise<number> => {
	const key = keyOf(args);
	needsRoot(args);
	const place = doctorPlace(args.state, args.root);
	const {waivers} = await readStored(place);
	if (!waivers.some(one => one.key === key))
		throw new Fault(
			'usage.no-waiver',
			`${key} is not waived`,
			waivers.length > 0 ? `Waived are: ${waivers.map(one => one.key).join(', ')}.` : 'Nothing is waived here.',
		);
	await changeWaivers(place, before => before.filter(one => one.key !== key));
	out.stdout.write(`Not waived any more: ${key}\n`);
	return 0;
};

/** Lists them, as text or JSON. Gives 0. */
export const waiversCommand = async (args: DoctorArgs, out: Output): Promise<number> => {
	const {waivers, problem} = await readStored(doctorPlace(args.state, args.root));
	if (problem !== undefined && waivers.length === 0 && problem.why.because === 'needs-root')
		throw new Fault('doctor.needs-root', 'the waivers may only be read by root', 'Run it with sudo.');
	const style = styleFor(out.stdout);
	if (args.format === 'json') out.stdout.write(`${printableJson({schemaVersion: 1, waivers}, '\t')}\n`);
	else if (waivers.length === 0) out.stderr.write('Nothing is waived here.\n');
	else
		for (const one of waivers) {
			const until =
				one.until === undefined
					? 'for good'
					: `${isExpired(one, args.at ?? Date.now()) ? 'expired on' : 'until'} ${one.until}`;
			out.stdout.write(
				`${style.bold(printable(one.key))}  ${until}, by ${printable(one.by ?? 'somebody')} on ${one.at.slice(0, 10)}\n  ${printable(one.reason)}\n  ${style.dim(printable(one.says))}\n`,
			);
		}
	return 0;
};

const keyOf = ({words, act}: DoctorArgs): string => {
	const [key, ...more] = words;
	if (key === undefined || more.length > 0)
		throw new Fault('usage.one-finding', `${act} wants one CHECK or CHECK[ITEM]`, 'setup doctor names them.');
	return key;
};

const needsRoot = ({state}: DoctorArgs): void => {
	if (process.getuid?.() !== 0 && state === undefined)
		throw new Fault('doctor.needs-root', 'only root can change what is accepted on this host', 'Run it with sudo.');
};
