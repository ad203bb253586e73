import {chmod, chown, mkdir, rm, writeFile} from 'node:fs/promises';
import {directory} from '#resources/files/directory.ts';
import {conformance} from './suite.ts';

const parent = '/srv/conformance';
const path = `${parent}/data`;

const fresh = async (): Promise<void> => {
	await rm(parent, {recursive: true, force: true});
	await mkdir(parent);
};

const old = async (): Promise<void> => {
	await fresh();
	await mkdir(path);
	await chmod(path, 0o2770);
	await chown(path, 1, 4);
};

const spec = {path, mode: 0o750, owner: 'www-data:adm'};

conformance('directory', [
	{
		name: 'a new one',
		prepare: fresh,
		resource: () => directory(spec),
		breakIt: () => chown(path, 0, 0),
		touches: [parent],
	},
	{
		name: 'an existing one with other mode and owner',
		prepare: old,
		resource: () => directory(spec),
		breakIt: () => chmod(path, 0o777),
		touches: [parent],
	},
	{
		name: 'setgid',
		prepare: fresh,
		resource: () => directory({path, mode: 0o2770, owner: 'root:www-data'}),
		breakIt: () => chmod(path, 0o770),
		touches: [parent],
	},
	{
		name: 'that others filled since',
		prepare: fresh,
		resource: () => directory(spec, {provides: ['done:filled']}),
		breakIt: async () => {
			await writeFile(`${path}/theirs`, 'x');
			await chmod(path, 0o700);
		},
		touches: [parent],
	},
]);
