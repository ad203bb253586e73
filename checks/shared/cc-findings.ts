/** What the checks of CC-Server have in common: every server of the host in its turn, and what is said where its file cannot be read. */

import {type CcConfig, ccConfig} from '#host/cc-server/config.ts';
import type {CcServer} from '#host/cc-server/servers.ts';
import {see} from '#host/see.ts';
import {findings, type Sight} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {Blocked, type Unknown} from '#model/unknown.ts';

export type CcRead = Exclude<CcConfig, {readonly broken: string}>;

export const noCcServer =
	'no CC-Server was found (no process, no WSGI site, no cc-server directory, no curious-containers/config.toml)';

/** One server's findings after the other's; with several of them an item begins with its file. */
export const forEachServer = async <T extends Sight>(
	servers: readonly CcServer[],
	look: (server: CcServer) => Promise<readonly T[]>,
): Promise<readonly [T, ...T[]]> => {
	const all = await Promise.all(
		servers.map(async server =>
			(await look(server)).map(finding => {
				const item =
					servers.length < 2 ? finding.item : [server.item, finding.item].filter(word => word !== undefined).join(' ');
				return item === undefined ? finding : {...finding, item};
			}),
		),
	);
	return findings(all.flat());
};

/** The findings of a file that can be read; else one that says which check tells more, or why nothing can be said. */
export const withConfig = async <T extends Sight>(
	server: CcServer,
	host: Reader,
	expected: Json,
	look: (config: CcRead) => Promise<readonly T[]>,
): Promise<readonly (T | (Sight & {readonly is: 'ok'}))[]> => {
	const config = await readable(server, host);
	if ('because' in config) return [{is: 'ok', expected, layers: {file: config}}];
	return look(config);
};

const readable = async (server: CcServer, host: Reader): Promise<CcRead | Unknown> => {
	try {
		const config = await ccConfig(server, host);
		return 'broken' in config ? {because: 'unreadable', need: `${config.where} is no TOML: ${config.broken}`} : config;
	} catch (error) {
		if (error instanceof Blocked) return error.why;
		throw error;
	}
};

/** Where a port of it stands, with what is written. */
export const portAt = (config: CcRead, key: string) =>
	see(() => {
		const found = config.at(key);
		if (found === undefined) throw new Blocked({because: 'unreadable', need: `${config.path} has no ${key}`});
		return {value: found.value as Json, where: found.where};
	});
