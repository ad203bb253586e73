/** The shell that is opened where a program failed: what another user's may reach of root's terminal. */
import {expect, test} from 'vitest';
import {shellAs} from '#runner/shell.ts';

test("another user's shell has a terminal of its own, and enters its directory itself", () => {
	expect(shellAs('web', '/bin/bash', '/srv/web/x').join(' ')).toBe(
		'runuser --pty -u web -- /usr/bin/env --chdir=/srv/web/x -- /bin/bash',
	);
});
