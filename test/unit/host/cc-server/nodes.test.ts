/** A node that was dead when CC-Server started is dead until the next start: its log says which. */
import {expect, test} from 'vitest';
import {deadSinceStart} from '#host/cc-server/nodes.ts';

test('names the nodes that were dead at the last start, each once, and none of an earlier one', () => {
	const start = (at: string): string =>
		`2026-11-30 03:00:0${at} | Loaded TOML config from /srv/cc-server/config.toml\n`;
	const dead = (name: string): string => `2026-11-30 03:00:05 | Dead node: ${name}\n`;
	expect(deadSinceStart(start('0') + dead('local') + start('6'))).toEqual([]);
	expect(deadSinceStart(start('0') + dead('one') + start('6') + dead('cc-node2') + dead('cc-node2'))).toEqual([
		'cc-node2',
	]);
	expect(deadSinceStart(dead('local'))).toEqual(['local']);
	// What a request has in its address is no such line.
	expect(deadSinceStart(`${start('0')}2026-11-30 03:00:07 | REQUEST: 401 GET /x from ::1 a | Dead node: b\n`)).toEqual(
		[],
	);
	expect(deadSinceStart('')).toEqual([]);
});
