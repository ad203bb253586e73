/**
 * What an undone host is compared with: the same base on which apt alone was told to install the same packages in the same order with
 * the same debconf answers, because packages stay after an undo.
 */
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {Case} from './answers.ts';
import {installed} from './installed.ts';
import {type Layer, layersOf} from './with-host.ts';

/** A layer with the packages of the installed one and nothing else. */
export const control = (one: Case): Layer => ({
	name: `ipynbsrv-${one.name}-packages`,
	key: `2 ${installed(one).key}`,
	async build(host) {
		const [layer = ''] = await layersOf('bookworm', installed(one));
		await host.must(['apt-get', 'update', '-q']);
		await host.must(['debconf-set-selections'], {stdin: selections(one)});
		for (const argv of aptCommands(layer))
			await host.must(argv, {env: {DEBIAN_FRONTEND: 'noninteractive'}, timeout: 900_000});
	},
});

/** As apt itself wrote them down. */
const aptCommands = (layer: string): readonly (readonly string[])[] => {
	const history = readFileSync(join(layer, 'var/log/apt/history.log'), 'utf8');
	return [...history.matchAll(/^Commandline: (.*)$/gm)].map(([, line = '']) => line.split(' '));
};

const selections = ({organization}: Case): string =>
	[
		'slapd slapd/domain string ipynbsrv.ldap',
		`slapd shared/organization string ${organization}`,
		'slapd slapd/no_configuration boolean false',
		'slapd slapd/move_old_database boolean true',
		'slapd slapd/purge_database boolean false',
		'nslcd nslcd/ldap-uris string ldap://ipynbsrv.ldap/',
		'nslcd nslcd/ldap-base string dc=ipynbsrv,dc=ldap',
		'',
	].join('\n');
