/** What a rehearsal may reach: the hosts and ports that the answers name, and on a base image the files of this host that they name. */
import {existsSync} from 'node:fs';
import type {Loaded} from '#answers/file/load.ts';
import type {Json} from '#model/json.ts';
import type {Allow} from '#rehearse/network/network.ts';
import type {Bind} from '#rehearse/throwaway.ts';
import {ownDirectory} from '#tasks/stacks/own.ts';

/** Hosts of URLs, and host/port pairs, in the answers. */
export const outgoingFor = (loaded: Loaded): readonly Allow[] => {
	const found: Allow[] = [];
	walk(loaded.inputs as Json, value => {
		if (typeof value === 'string' && URL.canParse(value)) {
			const {hostname, port, protocol} = new URL(value);
			const number = Number(
				port ||
					({'ldap:': 389, 'ldaps:': 636, 'ssh:': 22, 'https:': 443, 'http:': 80} as Readonly<Record<string, number>>)[
						protocol
					],
			);
			if (hostname !== '' && number > 0) found.push({host: hostname, port: number});
		}
		if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
			const {host, port} = value as {readonly host?: Json; readonly port?: Json};
			if (typeof host === 'string' && typeof port === 'number') found.push({host, port});
		}
	});
	return found;
};

/** Files and directories of this host that an answer names by `path`, `from`, `repository` and the like, seen read-only inside. */
export const bindsFor = (loaded: Loaded): readonly Bind[] => {
	// A stack of the operator's own is known there as well.
	const found = new Set<string>(existsSync(ownDirectory) ? [ownDirectory] : []);
	walk(loaded.inputs as Json, (value, key) => {
		if (
			typeof value === 'string' &&
			value.startsWith('/') &&
			['path', 'from', 'repository', 'file', 'certificate', 'key', 'ca', 'caFile'].includes(key) &&
			existsSync(value)
		)
			found.add(value);
	});
	return [...found].map(path => ({from: path, to: path, readOnly: true}));
};

const walk = (value: Json, see: (value: Json, key: string) => void, key = ''): void => {
	see(value, key);
	if (typeof value !== 'object' || value === null) return;
	for (const [name, below] of Object.entries(value)) walk(below, see, Array.isArray(value) ? key : name);
};
