/** The socket that a site file of a repository names becomes a line of root's ini: a name, or nothing. */
import {expect, test} from 'vitest';
import {socketOf} from '#steps/sites/site-socket.ts';

const answers = {socket: 'server.socket', edits: 'site.edits'};

test('a name is taken over', () => {
	expect(socketOf('server { location / { uwsgi_pass unix:/run/app/a.sock; } }', undefined, 'app', answers)).toBe(
		'a.sock',
	);
});

test.each(['../other.sock', 'x\nuid = root', 'x y'])('%j is none', name => {
	expect(() =>
		socketOf(`server { location / { uwsgi_pass "unix:/run/app/${name}"; } }`, undefined, 'app', answers),
	).toThrow(/passes on to/);
});
