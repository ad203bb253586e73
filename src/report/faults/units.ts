/** What is said of units of systemd that do not start, do not end, or would not (src/host/units, src/host/self-test). */
import type {FaultRow} from './fault-row.ts';

export const units: Readonly<Record<string, FaultRow>> = {
	'unit.bad': {says: 'systemd cannot load NAME', hint: 'systemctl status NAME says what is wrong with its file.'},
	'unit.failed': {
		says: 'UNIT does not start, or does not stay up',
		hint: 'Its last words are below; journalctl -u UNIT has the rest. Mend the cause and run the same command again.',
	},
	'unit.masked': {
		says: 'NAME is masked, so it cannot start',
		hint: 'systemctl unmask NAME, if that was not on purpose.',
	},
	'unit.slow': {
		says: 'the start, restart or reload of UNIT did not come to an end in its time',
		hint: 'systemctl status UNIT says what it waits for. Mend that, then run the same command again.',
	},
	'unit.would-fail': {
		says: 'UNIT would not take up its files: LINE',
		hint: 'It goes on with what it read before; it was neither restarted nor reloaded. Mend that line, then run the same command again.',
	},
	'unit.missing': {says: 'there is no unit NAME', hint: 'The package or the step that brings it has to come first.'},
};
