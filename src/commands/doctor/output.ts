/** Where a doctor's report goes: to stdout, or to a file that somebody else reads at any moment; then only what changed is said. */
import {dirname, resolve} from 'node:path';
import type {Report} from '#doctor/types.ts';
import {writeOwnFile} from '#host/files/own-file.ts';
import {Fault} from '#model/fault.ts';
import {render} from '#report/doctor/index.ts';
import {oneLine} from '#report/doctor/words.ts';
import {styleFor} from '#report/style.ts';
import type {Output} from '#tasks/output.ts';
import type {DoctorArgs} from './args.ts';

/** Writes it: a file is root's alone (0600), but for the figures, which node_exporter reads. Throws Fault usage.output where the file cannot be written. */
export const putReport = async (
	report: Report,
	{format, verbose, failOn, output}: Pick<DoctorArgs, 'format' | 'verbose' | 'failOn' | 'output'>,
	out: Output,
): Promise<void> => {
	const {columns} = out.stdout;
	const style = styleFor(output === undefined ? out.stdout : {});
	const ascii =
		!/utf-?8/i.test(process.env['LC_ALL'] || process.env['LC_CTYPE'] || process.env['LANG'] || '') &&
		out.stdout.isTTY === true;
	const text = await render(format, report, {
		style,
		verbose,
		failOn,
		...(output === undefined && {ascii, ...(columns !== undefined && {columns})}),
	});
	if (output === undefined) {
		out.stdout.write(text);
		return;
	}
	const path = resolve(output);
	await writeOwnFile(path, text, format === 'prometheus' ? 0o644 : 0o600).catch((error: NodeJS.ErrnoException) => {
		throw new Fault(
			'usage.output',
			`${path} cannot be written (${error.code})`,
			`Is ${dirname(path)} there, and may you write in it?`,
			{cause: error},
		);
	});
	for (const line of changesOf(report)) out.stdout.write(`${line}\n`);
};

/** What a log should hear: one line for each finding that is new, and for each that is gone; nothing when all is as it was. */
export const changesOf = ({rows, fixed}: Pick<Report, 'rows' | 'fixed'>): readonly string[] => [
	...rows
		.filter(row => row.change === 'new' && row.waived === undefined && (row.state === 'fail' || row.state === 'warn'))
		.map(row => oneLine(`new: ${row.state}: ${row.key}: ${row.says}`)),
	...fixed.map(({key, says}) => oneLine(`mended: ${key}, was: ${says}`)),
];
