/** The words behind redis-server in a unit, as the lines of its file that they overrule. */
import {expect, test} from 'vitest';
import {optionsIn} from '#host/redis/given.ts';

test('each option with its words, quotes and case as Redis takes them; a password goes into its box', () => {
	const found = optionsIn(
		'/usr/bin/redis-server /etc/redis/redis.conf --supervised systemd --BIND 0.0.0.0 ::1 --port "6380" --requirepass hunter2hunter2 --protected-mode no',
	);
	expect(found.map(({name, words}) => [name, words])).toEqual([
		['supervised', ['systemd']],
		['bind', ['0.0.0.0', '::1']],
		['port', ['6380']],
		['requirepass', []],
		['protected-mode', ['no']],
	]);
	expect(found.some(({secret}) => secret !== undefined)).toBe(true);
	expect(found.flatMap(({words}) => words).join(' ')).not.toContain('hunter2hunter2');
});

test('what systemd fills in is not known, and no options are none', () => {
	expect(optionsIn('/usr/bin/redis-server /etc/redis/redis.conf --port $PORT')).toEqual([]);
	expect(optionsIn('/usr/bin/redis-server /etc/redis/redis.conf')).toEqual([]);
});
