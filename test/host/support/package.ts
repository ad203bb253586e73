/** The package as `npm run dist` makes it, and what an operator does with it on a host that has nothing else of setup. */
import {copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {execa} from 'execa';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {architectures} from '../../../package/deb.ts';
import {checkout} from './setup.ts';

const release = join(checkout, 'dist/release');

/** Makes it; gives the path of the .deb. */
export const makePackage = async (): Promise<string> => {
	await execa(process.execPath, ['package/make.ts'], {cwd: checkout});
	// One of the other architecture may lie beside it.
	const architecture = architectures[process.arch === 'arm64' ? 'arm64' : 'x64'];
	const name = readdirSync(release).find(one => one.endsWith(`_${architecture}.deb`));
	if (name === undefined) throw new Error(`there is no .deb in ${release}`);
	return join(release, name);
};

/** The same with a lower version, as one of an earlier commit has. */
export const earlierPackage = async (deb: string): Promise<string> => {
	const place = mkdtempSync(join(tmpdir(), 'host-setup-deb-'));
	try {
		await execa('dpkg-deb', ['--raw-extract', deb, place]);
		const control = join(place, 'DEBIAN/control');
		writeFileSync(control, readFileSync(control, 'utf8').replace(/^Version: .*/m, 'Version: 0.0.9'));
		const made = join(release, 'earlier.deb');
		await execa('dpkg-deb', ['--root-owner-group', '-Znone', '--build', place, made]);
		return made;
	} finally {
		rmSync(place, {recursive: true, force: true});
	}
};

/** Installs it with dpkg: what it needs is there on a minimal Debian. */
export const installPackage = async (host: ThrowAway, deb: string): Promise<string> => {
	copyFileSync(deb, join(host.root, 'root/host-setup.deb'));
	return host.must(['dpkg', '--install', '/root/host-setup.deb'], {timeout: 300_000});
};
