/** The protocol with server and clients in one process, over a state directory of its own. */
import {linkSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {createConnection, createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {takeRunLock} from '#engine/lock.ts';
import type {Event} from '#model/event.ts';
import type {FaultData} from '#model/fault.ts';
import {type Attached, attachRun} from '#runner/attach.ts';
import {encode} from '#runner/json-lines.ts';
import type {FromRun, RunInfo} from '#runner/messages.ts';
import {logOf, socketOf} from '#runner/paths.ts';
import {readRecord, runningNow, writeRecord} from '#runner/run-record.ts';
import {type Serving, serveRun} from '#runner/serve.ts';
import {until} from '../../host/support/until.ts';

const alice = {user: 'alice', tty: 'pts/1'};
const bob = {user: 'bob', tty: 'pts/2'};
const line = (text: string): Event => ({type: 'node-line', id: 'a', line: text});

let state: string;
let serving: Serving | undefined;
let release: (() => void) | undefined;
let stops: string[];

beforeEach(() => {
	state = mkdtempSync(join(tmpdir(), 'run-'));
	stops = [];
});
afterEach(async () => {
	await over(0);
	rmSync(state, {recursive: true});
});

const info = (): RunInfo => ({
	run: 'r1',
	what: 'setup apply x.yaml',
	stack: 's',
	pid: process.pid,
	since: 1,
	by: alice,
	how: {unit: 'u.service'},
});

const serve = async (complaints: string[] = []): Promise<Serving> => {
	release = takeRunLock(state, 'test');
	serving = await serveRun({
		state,
		info: info(),
		stop: by => stops.push(by),
		complain: words => complaints.push(words),
	});
	return serving;
};

const over = async (code: number, fault?: FaultData): Promise<void> => {
	const [ending, free] = [serving, release];
	serving = release = undefined;
	await (ending ? ending.end(code, fault, () => free?.()) : free?.());
};

/** Collects what one client hears. */
const watch = (options: {readonly by?: typeof alice; readonly drive?: boolean; readonly run?: string} = {}) => {
	const attached: Attached = attachRun(state, {by: bob, drive: false, ...options});
	const heard: FromRun[] = [];
	const done = (async () => {
		for await (const message of attached) heard.push(message);
		return attached.ended;
	})();
	return {attached, heard, done, hears: (want: (message: FromRun) => boolean) => until(() => heard.find(want))};
};

const isLine = (text: string) => (message: FromRun) =>
	message.type === 'event' && message.event.type === 'node-line' && message.event.line === text;

describe('who connects', () => {
	test('hears hello, every event so far, now, what happens, and the end', async () => {
		const run = await serve();
		run.listen(line('one'));
		const first = watch({by: alice, drive: true});
		await first.hears(message => message.type === 'now');
		run.listen(line('two'));
		await first.hears(isLine('two'));
		const second = watch();
		await second.hears(message => message.type === 'now');
		expect(
			second.heard.map(message =>
				message.type === 'event' && message.event.type === 'node-line' ? message.event.line : message.type,
			),
		).toEqual(['hello', 'one', 'two', 'now']);
		expect(second.heard[0]).toEqual({type: 'hello', run: info(), you: 'watches', driver: alice});
		expect(second.heard[1]).toMatchObject({event: {at: expect.any(Number)}});
		await over(3);
		expect(await first.done).toEqual({how: 'ended', code: 3});
		expect(await second.done).toEqual({how: 'ended', code: 3});
		expect(second.heard.at(-1)).toEqual({type: 'end', code: 3});
	});

	test('watches or drives: only the driver stops it, taking over is told to everybody, leaving frees the wheel', async () => {
		await serve();
		const first = watch({by: alice, drive: true});
		await first.hears(message => message.type === 'now');
		const second = watch();
		await second.hears(message => message.type === 'now');
		second.attached.send({do: 'stop'});
		expect(await second.hears(message => message.type === 'refused')).toMatchObject({
			why: expect.stringContaining('alice on pts/1'),
		});
		expect(stops).toEqual([]);
		second.attached.send({do: 'drive'});
		expect(await first.hears(message => message.type === 'driver')).toEqual({
			type: 'driver',
			you: 'watches',
			driver: bob,
		});
		expect(await second.hears(message => message.type === 'driver')).toEqual({
			type: 'driver',
			you: 'drives',
			driver: bob,
		});
		first.attached.send({do: 'stop'});
		await first.hears(message => message.type === 'refused');
		second.attached.send({do: 'stop'});
		await until(() => stops.length > 0);
		expect(stops).toEqual(['bob on pts/2']);
		second.attached.close();
		expect(await second.done).toEqual({how: 'left'});
		await until(() => first.heard.filter(message => message.type === 'driver').length === 2);
		expect(first.heard.at(-1)).toEqual({type: 'driver', you: 'watches', driver: undefined});
		first.attached.close();
	});

	test('is told of the fault with which the run ended', async () => {
		await serve();
		const client = watch();
		await client.hears(message => message.type === 'now');
		const fault = {code: 'a.b', sentence: 'no', hint: '', details: []};
		await over(1, fault);
		expect(await client.done).toEqual({how: 'ended', code: 1, fault});
	});

	test('finds the host free when it hears the end', async () => {
		await serve();
		const client = watch();
		await client.hears(message => message.type === 'now');
		const heard = client.hears(message => message.type === 'end').then(() => takeRunLock(state, 'next')());
		await over(0);
		await heard;
	});
});

describe('a bad client', () => {
	test('that does not read holds up neither the run nor the others, nor its end', async () => {
		const run = await serve();
		const deaf = createConnection(socketOf(state)).pause();
		deaf.write(encode({do: 'hello', by: bob, drive: true}));
		const client = watch();
		await client.hears(message => message.type === 'now');
		const long = 'x'.repeat(1000);
		for (let n = 0; n < 5000; n += 1) run.listen(line(long));
		run.listen(line('last'));
		await client.hears(isLine('last'));
		const started = Date.now();
		await over(0);
		expect(Date.now() - started).toBeLessThan(5000);
		expect(await client.done).toEqual({how: 'ended', code: 0});
		deaf.destroy();
	});

	test.each(['not json\n', '{"do":"hello"', '[1]\n', '"x"\n', 'null\n', '{"do":"stop"}\n{"do":"drive"}\n'])(
		'that says %j does no harm',
		async words => {
			const run = await serve();
			const odd = createConnection(socketOf(state)).on('error', () => {});
			odd.write(words);
			const client = watch();
			await client.hears(message => message.type === 'now');
			run.listen(line('on'));
			await client.hears(isLine('on'));
			expect(stops).toEqual([]);
			odd.destroy();
			client.attached.close();
		},
	);
});

describe('what a run leaves', () => {
	test('a socket and a record only root may touch, and no socket in the end', async () => {
		await serve();
		expect(statSync(socketOf(state)).mode & 0o777).toBe(0o600);
		expect(statSync(join(state, 'run.json')).mode & 0o777).toBe(0o600);
		expect(await runningNow(state)).toEqual(info());
		await over(0);
		expect(() => statSync(socketOf(state))).toThrow(/ENOENT/);
		expect(await runningNow(state)).toBeUndefined();
		expect(readRecord(state)).toMatchObject({run: 'r1', ended: {code: 0}});
	});

	test('a stale socket and record, as after SIGKILL, stop nobody: no run, then the next run', async () => {
		await staleSocket(socketOf(state));
		writeRecord(state, {...info(), run: 'r0'});
		expect(await runningNow(state)).toBeUndefined();
		const nothing = watch();
		expect(await nothing.done).toEqual({how: 'nothing'});
		const lost = watch({run: 'r0'});
		expect(await lost.done).toMatchObject({how: 'lost', why: expect.stringContaining(`${process.pid}`)});
		const run = await serve();
		run.listen(line('one'));
		const client = watch();
		await client.hears(isLine('one'));
		client.attached.close();
	});

	test('its story, for who comes after its end', async () => {
		mkdirSync(join(state, 'events'));
		writeFileSync(logOf(state, 'r1'), `${JSON.stringify({at: 1, ...line('one')})}\n{"at":2,"type":"no`);
		await serve();
		await over(1);
		const late = watch({run: 'r1'});
		expect(await late.done).toEqual({how: 'ended', code: 1});
		expect(late.heard.map(message => message.type)).toEqual(['hello', 'event', 'end']);
		expect(await watch().done).toEqual({how: 'nothing'});
	});

	test('where no socket can be made the run goes on, and says so', async () => {
		mkdirSync(join(state, 'run.sock'));
		mkdirSync(join(state, 'run.sock/full'));
		const complaints: string[] = [];
		const run = await serve(complaints);
		run.listen(line('one'));
		expect(complaints).toEqual([expect.stringContaining('nobody else can watch')]);
	});
});

describe('the connection', () => {
	test('that ends without a word from a run that goes on is no end of the run', async () => {
		release = takeRunLock(state, 'test');
		writeRecord(state, info());
		const server = createServer(socket => {
			socket.write(encode({type: 'hello', run: info(), you: 'watches', driver: undefined} satisfies FromRun));
			socket.destroySoon();
		}).listen(socketOf(state));
		expect(await watch().done).toEqual({how: 'dropped'});
		await new Promise(resolve => server.close(resolve));
	});

	test('that ends with its run is a lost run', async () => {
		release = takeRunLock(state, 'test');
		writeRecord(state, info());
		const server = createServer(socket => {
			socket.write(encode({type: 'hello', run: info(), you: 'watches', driver: undefined} satisfies FromRun));
			release?.();
			release = undefined;
			socket.destroySoon();
		}).listen(socketOf(state));
		expect(await watch().done).toMatchObject({how: 'lost'});
		await new Promise(resolve => server.close(resolve));
	});
});

/** A socket's name without a listener: its maker was killed. */
const staleSocket = async (path: string): Promise<void> => {
	const server = createServer().listen(`${path}.made`);
	await until(() => statSync(`${path}.made`).isSocket());
	linkSync(`${path}.made`, path);
	await new Promise(resolve => server.close(resolve));
	expect(statSync(path).isSocket()).toBe(true);
};
