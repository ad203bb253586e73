/** What the running MongoDB lets somebody do who has not logged in, and the words that it was started with. */
import type {Fact} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {listeners} from '../system/listeners.ts';
import {refuseStrangers} from '../system/who-answers.ts';
import type {Bson} from './bson.ts';
import {askMongo} from './client.ts';
import {mongoFile} from './file.ts';
import type {MongoFile} from './mongo-file.ts';

export type MongoNow = {
	readonly place: string;
	/** Does it list its databases to a stranger? */
	readonly open: boolean;
	/** In its own words, where it refuses. */
	readonly refusal: string | undefined;
};

/** 'absent' where no MongoDB is. Throws Blocked where it cannot be asked. */
export const mongoNow: Fact<MongoNow | 'absent'> = {
	id: 'mongodb-now',
	async read(host) {
		const file = await host.fact(mongoFile);
		if (file === 'absent') return 'absent';
		if (host.root !== '/')
			throw new Blocked({because: 'offline-root', need: 'MongoDB must be asked on the running host'});
		const port = mongoPort(file);
		const there = (await host.fact(listeners))
			.filter(one => one.port === port && one.protocol.startsWith('tcp'))
			.map(({address}) => address);
		const address = there.find(one => one === '127.0.0.1' || one === '0.0.0.0') ?? there[0];
		const place = {
			host: address === undefined || address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address,
			port,
		};
		await refuseStrangers(host, place, ['mongodb', 'mongod']);
		const [answer] = await askMongo(place, [{listDatabases: 1}], {timeout: patience, unit: file.unit});
		return {place: `${place.host}:${place.port}`, ...openness(answer ?? {}, `${place.host}:${place.port}`)};
	},
};

export const mongoPort = ({settings}: MongoFile): number => Number(settings.get('net.port')?.value ?? 27017);

const patience = 2500;

/** Code 13 is Unauthorized, 18 a login that failed; an older server has words only. Throws Blocked for any other refusal. */
export const openness = (answer: Bson, place: string): Pick<MongoNow, 'open' | 'refusal'> => {
	if (answer['ok'] === 1) return {open: true, refusal: undefined};
	const words = String(answer['errmsg'] ?? 'no reason');
	if (answer['code'] === 13 || /not authorized|requires authentication/i.test(words))
		return {open: false, refusal: words.split('{')[0]!.trim()};
	throw new Blocked({because: 'unreadable', need: `MongoDB on ${place} answers listDatabases with ${words}`});
};
