/** A name is anybody's choice: who calls itself sshd, nginx or gunicorn gets no port opened, is nobody's server, and brings no verdict about root. */
import {describe, expect, test} from 'vitest';
import {check as rootProcesses} from '#checks/host/root-processes.ts';
import {type Listener, listeners} from '#host/system/listeners.ts';
import {type Process, processTable} from '#host/system/process-table.ts';
import {sshListeners, sshPorts} from '#host/system/ssh-ports.ts';
import {stilledServices} from '#host/units/stilled.ts';
import type {Fact, Reader} from '#model/host.ts';
import {loopbackOnlyType} from '#resources/network/loopback-only.ts';
import {portFree} from '#steps/probes/port-free.ts';
import {fileReader} from '../../support/file-reader.ts';

const listener = (over: Partial<Listener>): Listener => ({
	protocol: 'tcp',
	address: '0.0.0.0',
	port: 4444,
	uid: 1001,
	process: {pid: 4711, name: 'sshd', unit: 'session-3.scope'},
	...over,
});
const started = (over: Partial<Process>): Process => ({
	pid: 4711,
	parent: 1,
	name: 'gunicorn',
	state: 'S',
	uid: 0,
	realUid: 0,
	gid: 0,
	startedAt: 0,
	argv: ['gunicorn'],
	cgroup: '0::/user.slice/user-1001.slice/session-3.scope',
	elsewhere: false,
	...over,
});
/** The facts that are given, all others as they are read. */
const readerOf = (given: {readonly open?: readonly Listener[]; readonly table?: readonly Process[]}): Reader => {
	const reader: Reader = {
		...fileReader({'/etc/ssh/sshd_config': 'Port 22\n'}),
		root: '/',
		fact: <T>(fact: Fact<T>): Promise<T> =>
			fact.id === listeners.id
				? Promise.resolve((given.open ?? []) as T)
				: fact.id === processTable.id
					? Promise.resolve(new Map((given.table ?? []).map(one => [one.pid, one])) as T)
					: fact.read(reader),
	};
	return reader;
};

test('a stranger that calls itself sshd has no door for the firewall to leave open', async () => {
	const hers = listener({});
	const own = listener({port: 2222, uid: 0, process: {pid: 700, name: 'sshd', unit: 'ssh.service'}});
	expect(await sshListeners.read(readerOf({open: [hers, own]}))).toEqual([own]);
	expect(await sshPorts.read(readerOf({open: [hers, own]}))).toEqual([22, 2222]);
});

describe('a port that is ours', () => {
	const probe = (one: Listener) => portFree(4444, {ours: ['nginx'], about: []}).run(readerOf({open: [one]}));
	test('is held by what the system started under that name', async () => {
		for (const one of [
			listener({uid: 0, process: {pid: 1, name: 'nginx', unit: 'session-3.scope'}}),
			listener({process: {pid: 1, name: 'nginx', unit: 'nginx.service'}}),
			listener({process: {pid: 1, name: 'nginx'}}),
		])
			expect(await probe(one)).toMatchObject({state: 'ok'});
	});
	test('is not when a person holds it, whatever their program is called', async () => {
		for (const unit of ['session-3.scope', 'user@1001.service', 'cron.service', 'ssh.service'])
			expect(await probe(listener({process: {pid: 4711, name: 'nginx', unit}}))).toEqual({
				state: 'failed',
				line: 'port 4444 is held by nginx (process 4711)',
			});
	});
});

test('who listens in the place of a unit is told, and not taken for it', async () => {
	const spec = {port: 4444, unit: 'docker-registry.service'};
	const stranger = listener({address: '127.0.0.1', process: {pid: 4711, name: 'registry', unit: 'user@1001.service'}});
	const state = await loopbackOnlyType.inspect(spec, readerOf({open: [stranger]}));
	expect(loopbackOnlyType.diff(spec, state)).toEqual([
		{
			what: 'port 4444',
			from: 'held by registry (process 4711, of user@1001.service)',
			to: 'this host only',
		},
	]);
	const own = {...stranger, process: {pid: 9, name: 'registry', unit: spec.unit}};
	expect(loopbackOnlyType.diff(spec, await loopbackOnlyType.inspect(spec, readerOf({open: [own]})))).toEqual([]);
});

test('a program with the setuid bit under the title of a server is no application of root', async () => {
	const find = async (one: Process) => {
		const reader = readerOf({table: [one]});
		return (
			await rootProcesses.inspect({host: reader, facts: {processTable: await reader.fact(processTable)}} as never)
		)[0];
	};
	expect(await find(started({realUid: 1001}))).toMatchObject({is: 'ok'});
	expect(await find(started({}))).toMatchObject({is: 'asRoot'});
});

test('what a job left behind and stopped does not still the service of its name', async () => {
	const cgroup = '0::/system.slice/cron.service';
	const cron = started({pid: 10, name: 'cron', argv: ['/usr/sbin/cron', '-f'], cgroup});
	const left = started({pid: 20, name: 'cron', uid: 1001, realUid: 1001, startedAt: 1, state: 'T', cgroup});
	expect(await stilledServices.read(readerOf({table: [cron, left]}))).toEqual(new Map());
	const worker = {...left, parent: 10};
	expect([...(await stilledServices.read(readerOf({table: [cron, worker]}))).keys()]).toEqual(['cron.service']);
});
