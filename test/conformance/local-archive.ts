/** A small archive of our own packages as the only source of apt, so that these tests need no mirror and know every package. */
import {createHash} from 'node:crypto';
import {chmod, cp, mkdir, readFile, rm, stat, writeFile} from 'node:fs/promises';
import {output, quietly} from './tools.ts';

export type Made = {
	readonly name: string;
	readonly version: string;
	readonly fields?: Readonly<Record<string, string>>;
	readonly scripts?: Readonly<Record<string, string>>;
	readonly conffile?: string;
	/** Bytes of its only other file. */
	readonly size?: number;
};

const place = '/srv/conformance-archive';
const saved = '/srv/conformance-saved';

/** Builds the packages and makes apt know nothing else. */
export const openArchive = async (made: readonly Made[]): Promise<void> => {
	if (
		await stat(saved).then(
			() => false,
			() => true,
		)
	) {
		await mkdir(saved);
		await quietly('cp', '-a', '/etc/apt', `${saved}/etc`);
		await quietly('cp', '-a', '/var/lib/apt/lists', `${saved}/lists`);
	}
	await rm(place, {recursive: true, force: true});
	await mkdir(place, {recursive: true});
	const stanzas: string[] = [];
	for (const one of made) stanzas.push(await build(one));
	await writeFile(`${place}/Packages`, stanzas.join('\n'));
	await quietly('sh', '-c', 'rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/*');
	await writeFile('/etc/apt/sources.list', `deb [trusted=yes] file:${place} ./\n`);
	await output('apt-get', 'update');
};

/** Gives apt its own sources and lists back. */
export const closeArchive = async (): Promise<void> => {
	await rm('/etc/apt', {recursive: true, force: true});
	await cp(`${saved}/etc`, '/etc/apt', {recursive: true});
	await rm('/var/lib/apt/lists', {recursive: true, force: true});
	await quietly('cp', '-a', `${saved}/lists`, '/var/lib/apt/lists');
	await rm(saved, {recursive: true, force: true});
	await rm(place, {recursive: true, force: true});
};

const build = async ({name, version, fields = {}, scripts = {}, conffile, size = 10}: Made): Promise<string> => {
	const tree = `${place}/build`;
	await rm(tree, {recursive: true, force: true});
	await mkdir(`${tree}/DEBIAN`, {recursive: true});
	await mkdir(`${tree}/usr/share/conformance`, {recursive: true});
	await writeFile(`${tree}/usr/share/conformance/${name}`, Buffer.alloc(size, version));
	if (conffile !== undefined) {
		await mkdir(`${tree}/etc/conformance`, {recursive: true});
		await writeFile(`${tree}/etc/conformance/${name}.conf`, conffile);
		await writeFile(`${tree}/DEBIAN/conffiles`, `/etc/conformance/${name}.conf\n`);
	}
	const control = Object.entries({
		Package: name,
		Version: version,
		Architecture: 'all',
		Maintainer: 'nobody <nobody@invalid>',
		Description: 'of the suite',
		...fields,
	})
		.map(([key, value]) => `${key}: ${value}\n`)
		.join('');
	await writeFile(`${tree}/DEBIAN/control`, control);
	for (const [script, text] of Object.entries(scripts)) {
		await writeFile(`${tree}/DEBIAN/${script}`, text);
		await chmod(`${tree}/DEBIAN/${script}`, 0o755);
	}
	const file = `${name}_${version}.deb`;
	await output('dpkg-deb', '--build', '-Znone', '--root-owner-group', tree, `${place}/${file}`);
	const bytes = await readFile(`${place}/${file}`);
	return `${control}Filename: ./${file}\nSize: ${bytes.length}\nSHA256: ${createHash('sha256').update(bytes).digest('hex')}\n`;
};
