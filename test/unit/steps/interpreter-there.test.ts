/** An interpreter that the release does not have. */
import {expect, test} from 'vitest';
import {interpreterThere} from '#steps/probes/interpreter-there.ts';
import {fileReader} from '../support/file-reader.ts';

const on = (codename: string, name: string, files: Readonly<Record<string, string>> = {}, apt = 100) => ({
	...fileReader({'/etc/os-release': `VERSION_CODENAME=${codename}\nPRETTY_NAME="${name}"\n`, ...files}),
	root: '/',
	probe: async () => ({code: apt, stdout: '', stderr: ''}),
});
const python2 = {
	id: 'interpreter',
	interpreter: '/usr/bin/python2.7',
	packages: ['python2', 'python2-dev'],
	decides: [],
};

test.each([
	[
		'no release has it',
		on('bookworm', 'Debian 12'),
		{state: 'failed', line: 'Debian 12 has no python2; Debian 11 and Ubuntu 22.04 have'},
	],
	[
		'its archive has it',
		on('jammy', 'Ubuntu 22.04'),
		{state: 'ok', line: 'whether apt has python2 shows at the install'},
	],
	['an archive of the operator has it', on('bookworm', 'Debian 12', {}, 0), {state: 'ok', line: 'apt has python2'}],
	[
		'it is there',
		on('bookworm', 'Debian 12', {'/usr/bin/python2.7': ''}),
		{state: 'ok', line: '/usr/bin/python2.7 is there'},
	],
	[
		'nobody knows the release',
		on('sid', 'Debian'),
		{state: 'ok', line: 'whether apt has python2 shows at the install'},
	],
])('%s', async (_, host, seen) => {
	expect(await interpreterThere(python2, [])[0]?.run(host)).toEqual(seen);
});

test('one of nobody is looked for where it was said to be; the own one is always there', async () => {
	const own = {...python2, interpreter: '/opt/py/bin/python', packages: []};
	expect(await interpreterThere(own, [])[0]?.run(on('bookworm', 'Debian 12'))).toMatchObject({state: 'failed'});
	expect(interpreterThere({...python2, interpreter: '/usr/bin/python3', packages: []}, [])).toEqual([]);
});
