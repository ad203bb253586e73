/** Whether what a web server hands requests on to is there: one judgement for nginx and Apache, which differ in what they answer while it is not. */
import {readlinkSync, statSync} from 'node:fs';
import {dirname} from 'node:path';
import type {AppServer} from '#host/app-servers/app-server.ts';
import {inDirectory} from '#host/app-servers/app-servers.ts';
import {changedSince} from '#host/files/changed-since.ts';
import {type Heard, heardAtLast, type LocalPlace} from '#host/network/heard.ts';
import {nameOfPlace, type Pass} from '#host/network/local-pass.ts';
import {seeAs} from '#host/see.ts';
import type {Accounts} from '#host/system/accounts.ts';
import type {Process} from '#host/system/process-table.ts';
import {mayAs} from '#host/trust/process-rights.ts';
import {defineKinds, type FoundOf} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import type {Unknown} from '#model/unknown.ts';
import {listed, seen} from './seeing.ts';

/** The server that hands on. */
export type Front = {
	/** The process that the others come from; undefined while it is down. */
	readonly main: Process | undefined;
	/** One of those who take requests, where it has given up root. */
	readonly worker: Process | undefined;
	/** When it read its files, in milliseconds; undefined where nobody knows. */
	readonly readAt: () => Promise<number | undefined>;
};

export type HandedOn = {readonly front: Front; readonly site: string; readonly pass: Pass};

/** What an application server's own socket lets in is told of that server. */
type Known = {readonly accounts: Accounts; readonly servers: readonly AppServer[]};

/** `answer`: what visitors get meanwhile. */
export const handedOnKinds = ({name, answer, where}: {name: 'nginx' | 'Apache'; answer: number; where: string}) =>
	defineKinds({
		nobody: {
			state: 'fail',
			example: {site: 'shop.example', places: ['127.0.0.1:8001'] as readonly string[], where},
			says: ({site, places}) => `requests to ${site} get ${answer}: nobody listens on ${listed(places)}`,
			remedy: ({places, where: line}) => ({
				sentence: `Start what is to listen on ${listed(places)} and see why it does not (systemctl --failed, its log); where it moved, write its new place at ${line}, test and reload.`,
			}),
		},
		missing: {
			state: 'fail',
			example: {site: 'shop.example', path: '/run/php/php8.2-fpm.sock', where},
			says: ({site, path}) => `requests to ${site} get ${answer}: nobody listens on ${path}, which is not there`,
			remedy: ({path, where: line}) => ({
				sentence: `Start what makes ${path}; where it has another name by now, as after an upgrade of PHP, write that at ${line}, test and reload.`,
			}),
		},
		unreachable: {
			state: 'fail',
			example: {site: 'shop.example', path: '/run/shop/shop.sock', user: 'www-data'},
			says: ({site, path, user}) =>
				`requests to ${site} get ${answer}: the workers, as ${user}, may not write to ${path}`,
			remedy: ({path, user}) => ({
				sentence: `Let the socket belong to a group of ${user} with mode 0660, and every directory above let it pass (namei -l ${path} shows both), where its service sets them; a group that ${user} has got since needs a restart of ${name}.`,
			}),
		},
	});

export type HandedOnFound = FoundOf<ReturnType<typeof handedOnKinds>>;

/** Undefined where it is well, or left alone. */
export const handedOnFinding = async (
	host: Reader,
	{front, site, pass}: HandedOn,
	known: Known,
): Promise<HandedOnFound | undefined> => {
	const {places, where} = pass;
	const sight = (kernel: ReturnType<typeof seen> | Unknown) => ({
		item: `${site} ${pass.name}`,
		expected: 'somebody listens',
		layers: {file: seen(listed(places.map(nameOfPlace)), where), kernel},
	});
	const all = await seeAs(() => heardAt(host, front, places));
	if ('because' in all) return {...sight(all), is: 'ok'};
	if (all.some(heard => heard === 'elsewhere')) return undefined;
	const refused = all.includes('heard') ? await seeAs(() => refusedAt(host, front, places, known.servers)) : undefined;
	if (refused !== undefined && 'because' in refused) return {...sight(refused), is: 'ok'};
	if (refused?.paths.length === 0 || !(await isInForce(host, front, pass))) return undefined;
	if (refused !== undefined) {
		const path = refused.paths.join(', ');
		const uid = front.worker?.uid;
		const user = [...known.accounts.users.values()].find(one => one.uid === uid)?.name ?? String(uid);
		return {...sight(seen(`refused to ${user}`, path)), is: 'unreachable', data: {site, path, user}};
	}
	const [place] = places;
	if (places.length === 1 && 'path' in place && all[0] === 'missing')
		return {...sight(seen('not there', place.path)), is: 'missing', data: {site, path: place.path, where}};
	return {
		...sight(seen('nobody', 'the sockets of the kernel')),
		is: 'nobody',
		data: {site, places: places.map(nameOfPlace), where},
	};
};

/** In a network of its own a server sees other ports than we do, and below another directory other sockets. */
const heardAt = async (
	host: Reader,
	front: Front,
	places: readonly LocalPlace[],
): Promise<readonly (Heard | 'elsewhere')[]> =>
	Promise.all(places.map(async place => (isElsewhere(front, place) ? 'elsewhere' : host.fact(heardAtLast(place)))));

const isElsewhere = ({main}: Front, place: LocalPlace): boolean => {
	if (main === undefined || process.geteuid?.() !== 0) return false;
	const same = (read: (of: string) => string | undefined): boolean => read(`/proc/${main.pid}`) === read('/proc/self');
	try {
		if (!('path' in place)) return !same(of => readlinkSync(`${of}/ns/net`));
		// A tree of its own (PrivateTmp= makes one) may well have the same directory at this place.
		return !same(of => readlinkSync(`${of}/ns/mnt`)) && !same(of => idOf(`${of}/root${dirname(place.path)}`));
	} catch {
		// It has ended meanwhile, and cannot be compared.
		return true;
	}
};

const idOf = (directory: string): string | undefined => {
	const stat = statSync(directory, {throwIfNoEntry: false});
	return stat && `${stat.dev}:${stat.ino}`;
};

/** The sockets that the workers may not write to, where that is so of all places. The mode of an application server's own socket is what appserver.socket tells. */
const refusedAt = async (
	host: Reader,
	{worker}: Front,
	places: readonly LocalPlace[],
	servers: readonly AppServer[],
): Promise<{readonly paths: readonly string[]}> => {
	const paths = places.flatMap(place => ('path' in place ? [place.path] : []));
	if (worker === undefined || paths.length < places.length) return {paths: []};
	const told = new Set(
		servers.flatMap(server =>
			server.sockets.flatMap(one => (one.kind === 'unix' ? [plain(inDirectory(server, one.path))] : [])),
		),
	);
	const may = await Promise.all(
		paths.map(path =>
			told.has(plain(path)) ? mayAs(host, worker, 'executable', dirname(path)) : mayAs(host, worker, 'writable', path),
		),
	);
	return {paths: may.includes(true) ? [] : paths};
};

const plain = (path: string): string => path.replace(/^\/var\/run\//, '/run/');

/** What was written since it read its files is not in force; nginx.current and apache.current tell of it. */
const isInForce = async (host: Reader, {readAt}: Front, {files}: Pass): Promise<boolean> => {
	const since = await readAt();
	return since === undefined || (await changedSince(host, files, since)).length === 0;
};
