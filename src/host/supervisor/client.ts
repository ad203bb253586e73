/** supervisord's XML-RPC over its own Unix socket: supervisorctl is a Python program that takes a third of a second to start. */
import type {Json} from '#model/json.ts';
import {reveal, type Text} from '#model/secret.ts';
import {Blocked} from '#model/unknown.ts';
import {after} from '../system/patience.ts';

export type SupervisorPlace = {readonly socket: string; readonly user?: string; readonly password?: Text};

/** Calls a method. Throws Blocked (until its unit, timeout, needs-root, unreadable), also where supervisor refuses. */
export const askSupervisor = async (
	place: SupervisorPlace,
	method: string,
	args: readonly number[],
	timeout: number,
): Promise<Json> => {
	const answer = await askOrFault(place, method, args, timeout);
	if (answer.fault)
		throw new Blocked({
			because: 'unreadable',
			need: `supervisor answers ${method} with ${JSON.stringify(answer.value)}`,
		});
	return answer.value;
};

/** The same, where a refusal is an answer: a log that it does not keep. */
export const askOrFault = async (
	place: SupervisorPlace,
	method: string,
	args: readonly number[],
	timeout: number,
): Promise<{readonly fault: boolean; readonly value: Json}> => {
	const params = args.map(one => `<param><value><int>${one}</int></value></param>`).join('');
	const body = `<?xml version="1.0"?><methodCall><methodName>${method}</methodName><params>${params}</params></methodCall>`;
	const {status, text} = await post(place, body, timeout);
	if (status === 401)
		throw new Blocked({
			because: 'unreadable',
			need: `supervisor wants another user or password on ${place.socket} than its file has`,
		});
	const answer = status === 200 ? readXmlRpc(text) : undefined;
	if (answer === undefined)
		throw new Blocked({
			because: 'unreadable',
			need: `what answers on ${place.socket} does not speak as supervisor does`,
		});
	return answer;
};

/** A methodResponse as data; undefined when it is none. */
export const readXmlRpc = (xml: string): {readonly fault: boolean; readonly value: Json} | undefined => {
	if (!/<methodResponse>/.test(xml)) return undefined;
	const tokens = [...xml.matchAll(/<(\/?)(\w+)\s*(\/?)>([^<]*)/g)].map(([, close, name = '', empty, text = '']) => ({
		kind: close === '/' ? ('close' as const) : empty === '/' ? ('empty' as const) : ('open' as const),
		name,
		text,
	}));
	const at = tokens.findIndex(({name, kind}) => name === 'value' && kind !== 'close');
	return at < 0 ? undefined : {fault: tokens.some(({name}) => name === 'fault'), value: valueAt(tokens, at).value};
};

type Token = {readonly kind: 'open' | 'close' | 'empty'; readonly name: string; readonly text: string};

const post = (
	{socket, user, password}: SupervisorPlace,
	body: string,
	timeout: number,
): Promise<{readonly status: number; readonly text: string}> =>
	new Promise((resolve, reject) => {
		const fail = (why: Blocked['why']): void => {
			over();
			asked.destroy();
			reject(new Blocked(why));
		};
		// An import would load all that hangs on it, a second client among it, whether supervisor is here or not.
		const {request} = process.getBuiltinModule('node:http');
		const over = after(timeout, () =>
			fail({because: 'timeout', need: `supervisor gave no answer on ${socket} within ${timeout / 1000} s`}),
		);
		const asked = request({
			socketPath: socket,
			path: '/RPC2',
			method: 'POST',
			headers: {'Content-Type': 'text/xml', 'Content-Length': Buffer.byteLength(body)},
			...(user !== undefined && {auth: `${user}:${password === undefined ? '' : reveal(password)}`}),
		});
		asked.on('response', response => {
			let text = '';
			response
				.setEncoding('utf8')
				.on('data', (part: string) => {
					text += part;
					if (text.length > largest) fail({because: 'unreadable', need: `${socket} answers without end`});
				})
				.on('end', () => {
					over();
					resolve({status: response.statusCode ?? 0, text});
				});
		});
		asked.on('error', (error: NodeJS.ErrnoException) => {
			if (error.code === 'EACCES') fail({because: 'needs-root', need: `${socket} may only be opened by root`});
			else if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED')
				fail({because: 'until', thing: 'unit:supervisor.service'});
			else fail({because: 'unreadable', need: `${socket}: ${error.message}`});
		});
		asked.end(body);
	});

/** Characters of an answer; one about a thousand programs is a tenth of it. */
const largest = 8 * 1024 * 1024;

/** The value that begins at a `<value>` token, and where it ends. */
const valueAt = (tokens: readonly Token[], start: number): {readonly value: Json; readonly end: number} => {
	const own = tokens[start]!;
	const first = tokens[start + 1];
	if (own.kind === 'empty' || first === undefined || first.kind === 'close')
		return {value: unescape(own.text), end: start + 1};
	if (first.kind === 'empty') return {value: first.name === 'nil' ? null : '', end: start + 2};
	if (first.name === 'array') return arrayAt(tokens, start + 1);
	if (first.name === 'struct') return structAt(tokens, start + 1);
	const text = unescape(first.text);
	const value = ['int', 'i4', 'double'].includes(first.name)
		? Number(text)
		: first.name === 'boolean'
			? text === '1'
			: text;
	return {value, end: start + 3};
};

const arrayAt = (tokens: readonly Token[], start: number): {readonly value: Json; readonly end: number} => {
	const items: Json[] = [];
	let at = start + 1;
	while (at < tokens.length && !(tokens[at]!.name === 'array' && tokens[at]!.kind === 'close')) {
		if (tokens[at]!.name !== 'value' || tokens[at]!.kind === 'close') {
			at++;
			continue;
		}
		const one = valueAt(tokens, at);
		items.push(one.value);
		at = one.end;
	}
	return {value: items, end: at + 1};
};

const structAt = (tokens: readonly Token[], start: number): {readonly value: Json; readonly end: number} => {
	const members: [string, Json][] = [];
	let at = start + 1;
	let name = '';
	while (at < tokens.length && !(tokens[at]!.name === 'struct' && tokens[at]!.kind === 'close')) {
		const token = tokens[at]!;
		if (token.name === 'name' && token.kind === 'open') name = unescape(token.text);
		if (token.name !== 'value' || token.kind === 'close') {
			at++;
			continue;
		}
		const one = valueAt(tokens, at);
		members.push([name, one.value]);
		at = one.end;
	}
	return {value: Object.fromEntries(members), end: at + 1};
};

const unescape = (text: string): string =>
	text.replace(
		/&(lt|gt|amp|quot|apos);/g,
		(_all, name: string) => ({lt: '<', gt: '>', amp: '&', quot: '"', apos: "'"})[name] ?? '',
	);
