import {chmod, chown, mkdir, rm, symlink, writeFile} from 'node:fs/promises';
import {Secret} from '#model/secret.ts';
import {file} from '#resources/files/file.ts';
import {conformance} from './suite.ts';

const directory = '/etc/conformance';
const path = `${directory}/one.conf`;
const canary = 'Kanarie-7f3a$"quoted';

const fresh = async (): Promise<void> => {
	await rm(directory, {recursive: true, force: true});
	await mkdir(directory);
	await chmod(directory, 0o755);
};

const old = async (): Promise<void> => {
	await fresh();
	await writeFile(path, 'what = was\npassword = old-and-foreign\n');
	await chmod(path, 0o640);
	await chown(path, 1, 4);
};

conformance('file', [
	{
		name: 'a new file',
		prepare: fresh,
		resource: () => file({path, text: 'one = 1\n', mode: 0o644}),
		breakIt: () => writeFile(path, 'two = 2\n'),
		touches: [directory],
	},
	{
		name: 'an existing file with other mode and owner',
		prepare: old,
		resource: () => file({path, text: 'one = 1\n', mode: 0o600, owner: 'root:root'}),
		breakIt: () => chmod(path, 0o666),
		touches: [directory],
		canaries: ['old-and-foreign'],
	},
	{
		name: 'only the mode differs',
		prepare: old,
		resource: () => file({path, text: 'what = was\npassword = old-and-foreign\n', mode: 0o400, owner: 'daemon:adm'}),
		breakIt: () => chown(path, 0, 0),
		touches: [directory],
	},
	{
		name: 'with a secret in it',
		prepare: fresh,
		resource: () => file({path, text: ['password = ', new Secret('app', canary), '\n'], owner: 'www-data:www-data'}),
		breakIt: () => writeFile(path, 'password = wrong\n'),
		touches: [directory],
		canaries: [canary],
	},
	{
		name: 'through a symbolic link',
		async prepare() {
			await old();
			await symlink('one.conf', `${directory}/link.conf`);
		},
		resource: () => file({path: `${directory}/link.conf`, text: 'ünïcode\n', mode: 0o644}),
		touches: [directory],
	},
]);
