/** Conditions of a unit that its next start would not meet. */
import {expect, it} from 'vitest';
import {unmetCondition} from '#host/units/conditions.ts';
import {fileReader} from '../../support/file-reader.ts';

const unmet = async (text: string, dropIn = '') => {
	const host = fileReader({'/u.service': text, '/d.conf': dropIn, '/etc/there': 'x', '/run/there': 'x'});
	return (await unmetCondition({files: ['/u.service', '/d.conf']}, host))?.line;
};

it.each([
	['[Unit]\nConditionPathExists=/etc/there\n', undefined],
	['[Unit]\nConditionPathExists=/etc/away\n', 'ConditionPathExists=/etc/away'],
	['[Unit]\nConditionPathExists=!/etc/there\n', 'ConditionPathExists=!/etc/there'],
	['[Unit]\nConditionPathExists=!/etc/away\n', undefined],
	['[Unit]\nConditionPathExists=!/run/away\n', undefined],
	['[Unit]\nConditionPathExists=/run/there\n', 'ConditionPathExists=/run/there'],
	['[Unit]\nAssertFileNotEmpty=/etc/away\n', 'AssertFileNotEmpty=/etc/away'],
	// An alternative, a specifier and what is about no path are not judged.
	['[Unit]\nConditionPathExists=|/etc/away\nConditionPathExists=|/etc/there\n', undefined],
	['[Unit]\nConditionPathExists=/etc/%i/away\n', undefined],
	['[Unit]\nConditionVirtualization=!container\n', undefined],
	['[Service]\nConditionPathExists=/etc/away\n', undefined],
])('%s', async (text, line) => expect(await unmet(text)).toBe(line));

it('a drop-in takes it away, and brings another', async () => {
	const away = '[Unit]\nConditionPathExists=/etc/away\n';
	expect(await unmet(away, '[Unit]\nConditionPathExists=\n')).toBeUndefined();
	expect(await unmet(away, '[Unit]\nConditionPathExists=\nConditionPathExists=/etc/gone\n')).toBe(
		'ConditionPathExists=/etc/gone',
	);
});
