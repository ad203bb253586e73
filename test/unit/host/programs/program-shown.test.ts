import {expect, test} from 'vitest';
import {programShown} from '#host/programs/program-shown.ts';
import {Secret} from '#model/secret.ts';

test('a program is told with its place, and without a variable that holds a secret, boxed or plain', () => {
	const secret = new Secret('db/password', 'hunter22-shown');
	const env = {A: 'b', BOXED: [secret], MIXED: ['x', secret], PLAIN: 'is hunter22-shown', TEXT: ['x', 'y']};
	expect(programShown(['make', 'install'], {cwd: '/srv', as: 'www-data', env})).toEqual({
		argv: ['make', 'install'],
		cwd: '/srv',
		as: 'www-data',
		env: {A: 'b', TEXT: 'xy'},
	});
	expect(programShown(['id'], {as: 'root'})).toEqual({argv: ['id'], env: {}});
	expect(JSON.stringify(programShown(['say', 'hunter22-shown'], {}))).not.toContain('hunter22');
});
