/** Where a web server hands requests on to, as far as that is on this host and its files alone say it. */
import type {LocalPlace} from './heard.ts';

export type Pass = {
	/** `127.0.0.1:8001`, `upstream shop`. */
	readonly name: string;
	/** One of them must take requests. */
	readonly places: readonly [LocalPlace, ...LocalPlace[]];
	readonly where: string;
	/** The files that say so. */
	readonly files: readonly string[];
};

/** A port of the loopback; undefined for whatever else, and where no port is said and none is usual. */
export const loopbackPort = (address: string, standard: number | undefined): LocalPlace | undefined => {
	const [, host = '', port] = /^(127\.\d+\.\d+\.\d+|\[::1\]|localhost)(?::(\d+))?$/i.exec(address) ?? [];
	const number = port === undefined ? standard : Number(port);
	return host === '' || number === undefined
		? undefined
		: {host: host.toLowerCase().replace(/[[\]]/g, ''), port: number};
};

/** As people write it. */
export const nameOfPlace = (place: LocalPlace): string =>
	'path' in place ? place.path : `${place.host.includes(':') ? `[${place.host}]` : place.host}:${place.port}`;
