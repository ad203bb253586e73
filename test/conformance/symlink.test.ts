import {symlink as link, mkdir, rm, writeFile} from 'node:fs/promises';
import {absent} from '#resources/files/absent.ts';
import {symlink} from '#resources/files/symlink.ts';
import {conformance} from './suite.ts';

const parent = '/etc/conformance';
const path = `${parent}/site`;

const fresh = async (): Promise<void> => {
	await rm(parent, {recursive: true, force: true});
	await mkdir(parent);
};

const linked = async (): Promise<void> => {
	await fresh();
	await link('../old-site', path);
};

conformance('symlink', [
	{
		name: 'a new one',
		prepare: fresh,
		resource: () => symlink({path, target: '../sites/new'}),
		breakIt: () => rm(path),
		touches: [parent],
	},
	{
		name: 'one that points elsewhere',
		prepare: linked,
		resource: () => symlink({path, target: '/srv/new'}),
		breakIt: linked,
		touches: [parent],
	},
	{
		name: 'in the place of a file that gives way',
		async prepare() {
			await fresh();
			await writeFile(path, 'a copy\n', {mode: 0o640});
		},
		resource: () => symlink({path, target: '/srv/new', overFile: true}),
		touches: [parent],
	},
]);

conformance('absent', [
	{name: 'a link', prepare: linked, resource: () => absent({path}), breakIt: linked, touches: [parent]},
	{
		name: 'a file with a secret',
		async prepare() {
			await fresh();
			await writeFile(path, 'token = Kanarie-991c\n', {mode: 0o640});
		},
		resource: () => absent({path}),
		touches: [parent],
		canaries: ['Kanarie-991c'],
	},
]);
