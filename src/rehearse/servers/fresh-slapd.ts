/** slapd with its configuration as it stands; each of its trees gets the one entry that Debian's package makes, or nothing could be added below. */
import {textOf} from '#host/files/text-of.ts';
import {parseDn} from '#host/ldap/ldap-dn.ts';
import {parseLdif} from '#host/ldap/ldif.ts';
import type {Reader} from '#model/host.ts';
import type {Fill, FreshServer} from './fresh-server.ts';

/** The one slapd of Debian's package; empty where it has no database of its own. */
export const slapdServers = async (host: Reader): Promise<readonly FreshServer[]> => {
	const trees = [...(await treesOfConfig(host)), ...(await treesOfFile(host))];
	if (trees.length === 0) return [];
	return [
		{
			name: 'slapd',
			directories: [...new Set(trees.map(({directory}) => directory))],
			units: /^slapd\.service$/,
			fill: trees.flatMap(rootEntry),
		},
	];
};

type Tree = {readonly suffix: string; readonly directory: string};

/** cn=config as files: readable while slapd is down, and exactly what it would start with. */
const treesOfConfig = async (host: Reader): Promise<readonly Tree[]> => {
	const config = '/etc/ldap/slapd.d/cn=config';
	const names = ((await host.list(config)) ?? []).filter(name => /^olcDatabase=.*\.ldif$/.test(name));
	const texts = await Promise.all(names.map(name => textOf(host, `${config}/${name}`)));
	return texts.flatMap(text =>
		parseLdif(text ?? '').flatMap(({attributes}) => {
			const [directory] = attributes.get('olcdbdirectory') ?? [];
			return directory === undefined
				? []
				: (attributes.get('olcsuffix') ?? []).slice(0, 1).map(suffix => ({suffix, directory}));
		}),
	);
};

/** The older form, where somebody kept it. */
const treesOfFile = async (host: Reader): Promise<readonly Tree[]> => {
	const text = await textOf(host, '/etc/ldap/slapd.conf');
	return (text ?? '').split(/^database\b/m).flatMap(part => {
		const word = (name: string): string | undefined =>
			new RegExp(`^${name}[ \\t]+("?)(.*?)\\1[ \\t]*$`, 'm').exec(part)?.[2];
		const [suffix, directory] = [word('suffix'), word('directory')];
		return suffix === undefined || directory === undefined ? [] : [{suffix, directory}];
	});
};

const rootEntry = ({suffix}: Tree): readonly Fill[] => {
	const parsed = parseDn(suffix);
	const first = parsed.ok ? parsed.rdns[0]?.[0] : undefined;
	const lines = first === undefined ? undefined : classes[first.type.toLowerCase()]?.(first.value);
	return lines === undefined
		? []
		: [
				{
					argv: ['slapadd', '-b', suffix],
					as: 'openldap',
					stdin: [`dn: ${suffix}`, 'objectClass: top', ...lines, ''].join('\n'),
				},
			];
};

const classes: Readonly<Record<string, (value: string) => readonly string[]>> = {
	dc: value => ['objectClass: dcObject', 'objectClass: organization', `o: ${value}`, `dc: ${value}`],
	o: value => ['objectClass: organization', `o: ${value}`],
	ou: value => ['objectClass: organizationalUnit', `ou: ${value}`],
};
