/** What is inside, as CycloneDX 1.6 JSON: Node and the packages of npm whose code went into the bundle, by package-lock.json. */
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Version} from './version.ts';

const root = join(import.meta.dirname, '..');

type Locked = {readonly version: string; readonly integrity?: string; readonly license?: string};

/** Paths of a bundle's inputs become names: `node_modules/@a/b/node_modules/c/x.js` is `@a/b/node_modules/c`. */
export const packagesIn = (inputs: readonly string[]): readonly string[] =>
	[
		...new Set(
			inputs.flatMap(
				path => /(?:^|:)node_modules\/((?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [],
			),
		),
	].toSorted();

export const sbom = (names: readonly string[], {version, epoch}: Version): string => {
	const {packages} = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
		readonly packages: Readonly<Record<string, Locked>>;
	};
	const components = names.map(name =>
		componentOf(name.split('node_modules/').at(-1) ?? name, packages[`node_modules/${name}`]),
	);
	const node = componentOf('node', {version: process.versions.node, license: 'MIT'});
	const text = JSON.stringify([version, components]);
	const hash = createHash('sha256').update(text).digest('hex');
	return `${JSON.stringify(
		{
			$schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
			bomFormat: 'CycloneDX',
			specVersion: '1.6',
			// Of the content, so that two builds are the same.
			serialNumber: `urn:uuid:${hash.slice(0, 8)}-${hash.slice(8, 12)}-5${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`,
			version: 1,
			metadata: {
				timestamp: new Date(epoch * 1000).toISOString(),
				component: {
					type: 'application',
					'bom-ref': 'host-setup',
					name: 'host-setup',
					version,
					licenses: [{license: {id: 'MIT'}}],
				},
			},
			components: [{...node, purl: `pkg:generic/node@${process.versions.node}`}, ...components],
			dependencies: [{ref: 'host-setup', dependsOn: [node, ...components].map(one => one['bom-ref'])}],
		},
		null,
		'\t',
	)}\n`;
};

const componentOf = (name: string, locked: Locked | undefined) => {
	if (locked === undefined) throw new Error(`${name} is in the bundle and not in package-lock.json`);
	const {version, integrity, license} = locked;
	return {
		type: 'library',
		'bom-ref': `${name}@${version}`,
		name,
		version,
		purl: `pkg:npm/${name.replace('@', '%40')}@${version}`,
		...(integrity !== undefined && {
			hashes: [{alg: 'SHA-512', content: Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex')}],
		}),
		...(license !== undefined && {
			licenses: [/[ ()]/.test(license) ? {expression: license} : {license: {id: license}}],
		}),
	};
};
