/** What every command ends with: its exit code, or a fault that is told and gives one. The doctor is bundled apart, with a fault class of its own, so each bundle tells its own. */
import {faultData} from '#model/fault.ts';
import {printableJson} from '#model/printable.ts';
import {faultText} from '#report/fault-text.ts';
import {styleFor} from '#report/style.ts';
import {exitCodeOf} from '#tasks/exit-code.ts';
import type {Output} from '#tasks/output.ts';

/** Runs a command; whatever it throws goes to `out.stderr` as a fault, for programs that ask so (HOST_SETUP_FAULTS=json) as one line of JSON. Gives the exit code, and throws nothing. */
export const answer = async (out: Output, command: () => Promise<number>): Promise<number> => {
	try {
		return await command();
	} catch (error) {
		const fault = faultData(error);
		out.stderr.write(
			process.env['HOST_SETUP_FAULTS'] === 'json'
				? `${printableJson({type: 'fault', ...fault})}\n`
				: `${faultText(fault, styleFor(out.stderr))}\n`,
		);
		if (process.env['HOST_SETUP_DETACHED'] !== undefined) (await import('#runner/detached.ts')).tellStarter(fault);
		return exitCodeOf(fault.code);
	}
};
