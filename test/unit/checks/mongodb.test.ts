/** MongoDB's file in both forms, and its protocol with servers that answer, are silent, hang up or speak something else. */
import {createServer, type Server, type Socket} from 'node:net';
import {afterEach, expect, test} from 'vitest';
import {readBson, writeBson} from '#host/mongodb/bson.ts';
import {askMongo, readMessage} from '#host/mongodb/client.ts';
import {mongoFile, parseMongoConf} from '#host/mongodb/file.ts';
import {openness} from '#host/mongodb/now.ts';
import {fileReader} from '../support/file-reader.ts';

const values = async (text: string): Promise<Record<string, string>> => {
	const {settings} = await parseMongoConf(text, '/f');
	return Object.fromEntries([...settings].map(([name, {value, where}]) => [name, `${value} ${where}`]));
};

test('the YAML form, as the packages of MongoDB bring it', async () => {
	const text = `# mongod.conf
storage:
  dbPath: /var/lib/mongodb
net:
  port: 27017
  bindIp: 127.0.0.1,::1
#security:
replication:
`;
	expect(await values(text)).toEqual({
		'storage.dbPath': '/var/lib/mongodb /f:3',
		'net.port': '27017 /f:5',
		'net.bindIp': '127.0.0.1,::1 /f:6',
	});
	expect(await values('security: {authorization: "enabled"}\n')).toEqual({'security.authorization': 'enabled /f:1'});
	expect((await parseMongoConf('net:\n\tport: 1\n', '/f')).broken).toMatch(/line 2/);
});

test('the older form, as Debian and Ubuntu bring it', async () => {
	const text = 'dbpath=/var/lib/mongodb\nbind_ip = 127.0.0.1\n#port = 27017\nauth = true   # at last\n';
	expect(await values(text)).toEqual({
		'storage.dbPath': '/var/lib/mongodb /f:1',
		'net.bindIp': '127.0.0.1 /f:2',
		'security.authorization': 'enabled /f:4',
	});
	expect(await values('noauth = true\n')).toEqual({'security.authorization': 'disabled /f:1'});
	expect(await values('auth = false\n')).toEqual({'security.authorization': 'disabled /f:1'});
});

test('which file and unit: that of the package, else that which is there', async () => {
	const status = 'Package: mongodb-server\nStatus: install ok installed\nArchitecture: all\nVersion: 1:3.4.18-2\n';
	expect(await fileReader({'/var/lib/dpkg/status': status, '/etc/mongod.conf': ''}).fact(mongoFile)).toMatchObject({
		path: '/etc/mongodb.conf',
		version: '3.4',
	});
	expect(await fileReader({'/etc/mongod.conf': 'net:\n  port: 1\n'}).fact(mongoFile)).toMatchObject({
		unit: 'mongod.service',
		version: undefined,
	});
	expect(await fileReader({}).fact(mongoFile)).toBe('absent');
});

test('what a refusal says', () => {
	expect(openness({ok: 1, databases: []}, 'x')).toEqual({open: true, refusal: undefined});
	expect(
		openness({ok: 0, code: 13, errmsg: 'not authorized on admin to execute command { listDatabases: 1 }'}, 'x'),
	).toEqual({
		open: false,
		refusal: 'not authorized on admin to execute command',
	});
	expect(() => openness({ok: 0, code: 11600, errmsg: 'interrupted at shutdown'}, 'x')).toThrow(
		/interrupted at shutdown/,
	);
});

test('BSON is read as it was written, and what is none is refused', () => {
	expect(readBson(writeBson({listDatabases: 1, $db: 'admin', text: 'ä'}))).toEqual({
		listDatabases: 1,
		$db: 'admin',
		text: 'ä',
	});
	for (const bytes of [
		Buffer.alloc(0),
		Buffer.from([5, 0, 0]),
		Buffer.from([255, 255, 255, 127, 0]),
		Buffer.from([9, 0, 0, 0, 2, 97, 0, 255, 0]),
	])
		expect(() => readBson(bytes)).toThrow();
	expect(() => readMessage(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'))).toThrow();
	expect(readMessage(Buffer.alloc(3))).toBe('more');
});

let server: Server | undefined;
const sockets = new Set<Socket>();
afterEach(() => {
	for (const socket of sockets) socket.destroy();
	server?.close();
});

const listening = (onSocket: (socket: Socket) => void): Promise<number> =>
	new Promise(done => {
		server = createServer(socket => {
			sockets.add(socket.on('error', () => undefined));
			onSocket(socket);
		}).listen(0, '127.0.0.1', () => done((server!.address() as {readonly port: number}).port));
	});
const ask = (port: number, timeout = 2000) =>
	askMongo({host: '127.0.0.1', port}, [{listDatabases: 1}], {timeout, unit: 'mongod.service'});

test.each<[string, (socket: Socket) => void, string]>([
	[
		'garbage',
		socket => socket.on('data', () => socket.write('HTTP/1.1 400 Bad Request\r\nServer: nginx\r\n\r\n')),
		'unreadable',
	],
	['nothing', () => undefined, 'timeout'],
	['a closed door', socket => socket.destroy(), 'unreadable'],
])('a server that gives %s is unknown', async (_, onSocket, because) => {
	await expect(ask(await listening(onSocket), 300)).rejects.toMatchObject({why: {because}});
});

test('nobody there: until its unit is', async () => {
	const port = await listening(() => undefined);
	await new Promise(done => server!.close(done));
	await expect(ask(port)).rejects.toMatchObject({why: {because: 'until', thing: 'unit:mongod.service'}});
});
