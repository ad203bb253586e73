/** The run's side of the socket: tells everybody who connects the whole story from its start, and lets one of them drive. It never waits for a screen. */
import {chmodSync, rmSync} from 'node:fs';
import {createServer, type Server, type Socket} from 'node:net';
import type {Event, Stamped} from '#model/event.ts';
import type {FaultData} from '#model/fault.ts';
import {createBacklog} from './backlog.ts';
import {type Client, createClient} from './client.ts';
import type {FromRun, Person, RunInfo, ToRun} from './messages.ts';
import {socketOf} from './paths.ts';
import {writeRecord} from './run-record.ts';
import {personText} from './who.ts';

export type ServeOptions = {
	readonly state: string;
	readonly info: RunInfo;
	/** The driver asks the run to stop. */
	readonly stop: (by: string) => void;
	/** Told once when nobody can watch; the run goes on all the same. */
	readonly complain: (line: string) => void;
};

export type Serving = {
	/** Every event of the run goes through here. */
	listen(event: Event): void;
	/** The run is over: the record says so, the socket goes, `free` lets go of the host, and then everybody hears it. Takes at most a second or two, whoever listens. */
	end(code: number, fault: FaultData | undefined, free: () => void): Promise<void>;
};

/** Milliseconds for clients to take the last lines. */
const patience = 1500;

/** What a very long run may forget of its past. */
const passing: ReadonlySet<Event['type']> = new Set(['node-line', 'node-progress', 'node-program']);

/** For the holder of the run lock only: it replaces a socket and a record that a dead run left. */
export const serveRun = async ({state, info, stop, complain}: ServeOptions): Promise<Serving> => {
	const backlog = createBacklog();
	const clients = new Set<Client>();
	let driver: Person | undefined = info.how === 'terminal' ? info.by : undefined;
	let drives: Client | undefined;

	const roleOf = (client: Client) => ({you: client === drives ? ('drives' as const) : ('watches' as const), driver});
	const handOver = (to: Client | undefined, except?: Client): void => {
		drives = to;
		driver = to?.by;
		for (const client of clients) if (client !== except && client.by) client.tell({type: 'driver', ...roleOf(client)});
	};
	const heard = (client: Client, message: ToRun): void => {
		if (message.do === 'hello' && !client.by) {
			client.by = message.by;
			if (message.drive) handOver(client, client);
			client.tell({type: 'hello', run: info, ...roleOf(client)});
			client.follow();
		} else if (message.do === 'drive' && client.by) handOver(client);
		else if (message.do === 'stop' && client.by && client === drives) stop(personText(client.by));
		else
			client.tell({
				type: 'refused',
				why: `only who drives may stop the run${driver ? `, and that is ${personText(driver)}` : ''}`,
			});
	};
	const add = (message: FromRun, lasting: boolean): void => {
		const whole = backlog.add(JSON.stringify(message), lasting);
		for (const client of clients) client.more(whole);
	};
	const accept = (socket: Socket): void => {
		const client = createClient(socket, backlog, message => heard(client, message));
		clients.add(client);
		socket.once('close', () => {
			clients.delete(client);
			if (client === drives) handOver(undefined);
		});
	};

	const server = await listening(socketOf(state), accept).catch((error: NodeJS.ErrnoException) => {
		complain(`nobody else can watch this run: ${socketOf(state)} cannot be made (${error.code ?? error.message})`);
		return undefined;
	});
	const record = (ended?: {readonly at: number; readonly code: number; readonly fault?: FaultData}): void => {
		try {
			writeRecord(state, {...info, ...(ended && {ended})});
		} catch (error) {
			complain(
				`setup status and setup attach will not see this run: ${state}/run.json cannot be written (${(error as NodeJS.ErrnoException).code})`,
			);
		}
	};
	record();
	return {
		listen: event => add({type: 'event', event: {at: Date.now(), ...event} as Stamped}, !passing.has(event.type)),
		async end(code, fault, free) {
			record({at: Date.now(), code, ...(fault && {fault})});
			// The next run makes its own in this place.
			if (server) rmSync(socketOf(state), {force: true});
			server?.close();
			free();
			add({type: 'end', code, ...(fault && {fault})}, true);
			await Promise.all([...clients].map(client => client.finish(patience)));
		},
	};
};

const listening = (path: string, accept: (socket: Socket) => void): Promise<Server> =>
	new Promise((resolve, reject) => {
		rmSync(path, {force: true});
		const server = createServer(accept);
		server.once('error', reject);
		const before = process.umask(0o177);
		server.listen({path, backlog: 64}, () => {
			chmodSync(path, 0o600);
			server.off('error', reject).on('error', () => {});
			// Watchers are no reason to stay.
			server.unref();
			resolve(server);
		});
		process.umask(before);
	});
