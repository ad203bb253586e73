/** `Defaults` of a group count for its members, and those of a member for the rule of his group. */
import {expect, test} from 'vitest';
import {sudoWithoutPassword} from '#host/system/sudoers.ts';
import {fileReader} from '../../support/file-reader.ts';

const passwd =
	'root:x:0:0::/root:/bin/bash\ndep:x:1001:1001::/home/dep:/bin/bash\nanna:x:1002:1002::/home/anna:/bin/bash\n';
const group = 'root:x:0:\ndep:x:1001:\nanna:x:1002:\nops:x:1010:anna\nsudo:x:27:anna,dep\n';

const open = async (sudoers: string): Promise<readonly string[]> =>
	(
		await sudoWithoutPassword(fileReader({'/etc/sudoers': sudoers, '/etc/passwd': passwd, '/etc/group': group}))
	).everything.map(({who}) => who);

test.each<[string, string, readonly string[]]>([
	['of his own group', 'Defaults:%dep !authenticate\ndep ALL=(ALL) ALL\n', ['dep']],
	['of a group that names him', 'Defaults:%ops !authenticate\nanna ALL=(ALL) ALL\n', ['anna']],
	['by its number', 'Defaults:%#1010 !authenticate\nanna ALL=(ALL) ALL\n', ['anna']],
	['of a member, for the rule of his group', 'Defaults:anna !authenticate\n%sudo ALL=(ALL:ALL) ALL\n', ['anna']],
	['of another group', 'Defaults:%ops !authenticate\ndep ALL=(ALL) ALL\n', []],
	[
		'taken back for him behind that',
		'Defaults:%ops !authenticate\nDefaults:anna authenticate\nanna ALL=(ALL) ALL\n',
		[],
	],
	[
		'of all, and taken back for his group',
		'Defaults !authenticate\nDefaults:%ops authenticate\nanna ALL=(ALL) ALL\n',
		[],
	],
	['of all', 'Defaults !authenticate\n%sudo ALL=(ALL:ALL) ALL\n', ['%sudo']],
	['none', '%sudo ALL=(ALL:ALL) ALL\n', []],
])('%s', async (_name, sudoers, who) => expect(await open(sudoers)).toEqual(who));
