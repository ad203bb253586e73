/**
 * `npm run dist [x64|arm64] [NODE]`: one executable, a .deb, their sums and what is inside them, in dist/release/. Two builds of a commit give the same bytes but for V8's
 * snapshot, which is another at each build. NODE is a Node of that architecture, where it is not this one's.
 */
import {existsSync} from 'node:fs';
import {mkdir, readdir, rm, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {execa} from 'execa';
import {makeLists} from '../make-lists.ts';
import {bundleProgram} from './bundle.ts';
import {architectures, makeDeb} from './deb.ts';
import {type Arch, hasSnapshot, makeExecutable} from './executable.ts';
import {packagesIn, sbom} from './sbom.ts';
import {versionOf} from './version.ts';

const root = join(import.meta.dirname, '..');
const release = join(root, 'dist/release');

const main = async ([arch = process.arch, given]: readonly string[]): Promise<void> => {
	if (arch !== 'x64' && arch !== 'arm64')
		throw new Error(`there is no Node for ${arch} in the npm registry: x64 or arm64`);
	const node = given ?? join(root, `node_modules/node-linux-${arch}/bin/node`);
	if (!existsSync(node))
		throw new Error(
			`${node} is not there: npm pack node-linux-${arch}@${process.versions.node} brings it, and its path comes after ${arch}`,
		);
	makeLists();
	const version = await versionOf();
	const built = `one executable for ${arch} ${hasSnapshot(arch) ? 'with' : 'without'} a start-up snapshot, Node ${process.versions.node}, commit ${version.commit}${version.changed ? ' and changes' : ''}`;
	const bundled = await bundleProgram(built);
	const inside = packagesIn(bundled.inputs);
	await mkdir(release, {recursive: true});
	const executable = join(release, `setup-${version.version}-${arch}`);
	const other = arch === 'x64' ? /arm64/ : /x64|amd64/;
	for (const name of await readdir(release)) if (!other.test(name)) await rm(join(release, name), {recursive: true});
	await makeExecutable({bundled, arch, node, output: executable, scratch: join(release, 'executable.tmp')});
	await makeDeb({
		version,
		arch,
		executable,
		makeDemo: bundled.makeDemo,
		libatomic: libatomicOf(arch),
		inside,
		scratch: join(release, 'deb.tmp'),
		output: join(release, `host-setup_${version.version}_${architectures[arch]}.deb`),
	});
	await writeFile(join(release, `host-setup-${version.version}.cdx.json`), sbom(inside, version));
	const files = (await readdir(release)).filter(name => name !== 'SHA256SUMS').toSorted();
	const {stdout} = await execa('sha256sum', files, {cwd: release});
	await writeFile(join(release, 'SHA256SUMS'), `${stdout}\n`);
	process.stdout.write(`${stdout}\nin ${release}: ${built}\n`);
};

const libatomicOf = (arch: Arch): string => {
	const triplet = {x64: 'x86_64', arm64: 'aarch64'}[arch];
	const places = [
		`/usr/lib/${triplet}-linux-gnu/libatomic.so.1`,
		// Of the compilers for other machines.
		`/usr/${triplet}-linux-gnu/lib/libatomic.so.1`,
		...(arch === process.arch ? [join(root, 'dist/lib/libatomic.so.1')] : []),
	];
	const found = places.find(path => existsSync(path));
	if (found === undefined)
		throw new Error(
			`there is no ${places[0]}: apt-get install libatomic1${arch === process.arch ? '' : `-${arch}-cross`}`,
		);
	return found;
};

await main(process.argv.slice(2));
