/** Starts the database servers of a copy on data that were made there: until then they are masked, so that none opens an empty directory half-made. */
import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {faultData} from '#model/fault.ts';
import type {ThrowAway} from '../types.ts';
import type {Fresh, FreshServer} from './fresh-server.ts';

/** `masks` is the copy's directory of masks, seen from here; units that were enabled are started, the others may start. */
export const startFresh = async (
	host: Pick<ThrowAway, 'must'>,
	servers: readonly FreshServer[],
	masks: string,
	masked: readonly string[],
): Promise<readonly Fresh[]> => {
	const filled = await Promise.all(servers.map(server => fill(host, server)));
	const ready = servers.filter((_, n) => filled[n] === undefined);
	for (const unit of masked) if (ready.some(({units}) => units.test(unit))) rmSync(join(masks, unit), {force: true});
	if (ready.length > 0) await host.must(['systemctl', 'daemon-reload']);
	const started = await Promise.all(
		servers.map(
			async (server, n) =>
				filled[n] ??
				(await start(
					host,
					masked.filter(unit => server.units.test(unit)),
				)),
		),
	);
	return servers.map(({name}, n) => ({name, ...(started[n] !== undefined && {off: started[n]})}));
};

/** Gives why it could not be done. */
const fill = async (host: Pick<ThrowAway, 'must'>, {fill: steps}: FreshServer): Promise<string | undefined> => {
	try {
		for (const {argv, ...how} of steps) await host.must(argv, {timeout: 180_000, ...how});
		return undefined;
	} catch (error) {
		return whyOf(error);
	}
};

const start = async (host: Pick<ThrowAway, 'must'>, units: readonly string[]): Promise<string | undefined> => {
	const services = units.filter(unit => unit.endsWith('.service') && !/@\.service$/.test(unit));
	try {
		if (services.length > 0) await host.must(['systemctl', 'start', ...services], {timeout: 180_000});
		return undefined;
	} catch (error) {
		return whyOf(error);
	}
};

const whyOf = (error: unknown): string => {
	const {sentence, details} = faultData(error);
	return [sentence, ...(details ?? []).slice(-1)].join(': ');
};
