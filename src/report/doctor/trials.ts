/** What `setup doctor --try` is about to do, for the eye: whoever is in front of it can still press Ctrl-C, and whoever reads a log later knows who knocked. */
import type {Trial} from '#model/check.ts';
import {printable} from '#model/printable.ts';

/** Nothing to try is said too: an empty list looks like a list that is missing. */
export const trialLines = (all: readonly Trial[]): string =>
	all.length === 0
		? 'Tries nothing: no door of the checks that were asked for is open on this host.\n'
		: `Tries now, at doors of this host:\n${all.map(line).join('')}`;

const line = ({door, does, leaves}: Trial): string =>
	`  ${printable(door)}: ${printable(does)} (${printable(leaves)})\n`;
