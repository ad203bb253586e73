import {expect, test} from 'vitest';
import {liveLine} from '#report/live-line.ts';

const stream = (isTTY: boolean, columns = 20) => {
	const written: string[] = [];
	return {isTTY, columns, write: (text: string) => void written.push(text), written};
};

test('shows how far it is on one line, no longer than the terminal, and leaves nothing behind', () => {
	const out = stream(true);
	const line = liveLine(out, true, 2);
	line.ended('redis.restart-pending');
	line.ended('mysql.bind');
	line.end();
	expect(out.written).toEqual(['\r\u001b[K1/2 checked  redis.', '\r\u001b[K2/2 checked  mysql.', '\r\u001b[K']);
});

test.each([
	{isTTY: false, watched: true},
	{isTTY: true, watched: false},
])('is silent where nobody watches: %j', ({isTTY, watched}) => {
	const out = stream(isTTY);
	const line = liveLine(out, watched, 1);
	line.ended('x');
	line.end();
	expect(out.written).toEqual([]);
});
