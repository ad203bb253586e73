/** The kernel's layer of where a server listens: every socket on its port, with the program and unit that hold it. */

import {shownSocket} from '#host/system/interfaces.ts';
import type {Listener} from '#host/system/listeners.ts';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import type {Bound} from './bound.ts';

export const kernelBound = (host: Reader, look: () => readonly Listener[], port: number): Bound => {
	if (host.root !== '/')
		throw new Blocked({because: 'offline-root', need: 'the kernel must be asked on the running host'});
	const there = tcpOn(look(), port);
	return {
		addresses: there.map(({address}) => address),
		seen: {
			value: there.map(shownSocket),
			where: `/proc/net/tcp, tcp6: ${there.length === 0 ? `nobody on port ${port}` : `held by ${ownersOf(there)}`}`,
		},
	};
};

export const tcpOn = (all: readonly Listener[], port: number): readonly Listener[] =>
	all.filter(one => one.port === port && one.protocol.startsWith('tcp'));

const ownersOf = (there: readonly Listener[]): string =>
	[
		...new Set(
			there.map(({process, uid}) =>
				process ? `${process.name} (${process.unit ?? `pid ${process.pid}`})` : `uid ${uid}`,
			),
		),
	].join(', ');
