/**
 * D-Bus messages as systemd speaks them on its own socket: a call as bytes, and the answers out of what came. Little-endian, as the D-Bus
 * specification has it ("Message Protocol"); only the types that answers about units have.
 */
import {Buffer} from 'node:buffer';

export type Call = {
	readonly path: string;
	readonly from: string;
	readonly member: string;
	/** Arguments: texts, and lists of texts. */
	readonly given: readonly (string | readonly string[])[];
};

/** What came back to the call of that serial number: its values, or the name of an error. */
export type Reply = {readonly to: number; readonly values?: readonly Value[]; readonly error?: string};

export type Value = string | number | bigint | boolean | readonly Value[];

/** Bytes of one message. systemd's longest answer here, the list of failed units, has some hundred for each. */
export const largestMessage = 4 * 1024 * 1024;

const align = (at: number, to: number): number => (at + to - 1) & ~(to - 1);

/** A call with that serial number (1 and up). */
export const callBytes = (serial: number, {path, from, member, given}: Call): Buffer => {
	const bytes = Buffer.alloc(
		256 + path.length + from.length + member.length + 8 * given.flat().length + textLength(given),
	);
	let at = 16;
	const text = (value: string): void => {
		at = align(at, 4);
		at = bytes.writeUInt32LE(Buffer.byteLength(value), at);
		at += bytes.write(value, at) + 1;
	};
	const field = (code: number, type: string, value: string): void => {
		at = align(at, 8);
		at += bytes.write(`${String.fromCharCode(code)}\x01${type}\0`, at, 'latin1');
		if (type === 'g') at = bytes.writeUInt8(value.length, at) + bytes.write(value, at + 1) + 1;
		else text(value);
	};
	field(1, 'o', path);
	field(2, 's', from);
	field(3, 's', member);
	if (given.length > 0) field(8, 'g', given.map(one => (typeof one === 'string' ? 's' : 'as')).join(''));
	bytes.writeUInt32LE(at - 16, 12);
	at = align(at, 8);
	const body = at;
	for (const one of given) {
		if (typeof one === 'string') {
			text(one);
			continue;
		}
		at = align(at, 4);
		const length = at;
		at += 4;
		for (const each of one) text(each);
		bytes.writeUInt32LE(at - length - 4, length);
	}
	bytes.set([0x6c, 1, 0, 1]);
	bytes.writeUInt32LE(at - body, 4);
	bytes.writeUInt32LE(serial, 8);
	return bytes.subarray(0, at);
};

const textLength = (given: Call['given']): number =>
	given.flat().reduce((sum, one) => sum + Buffer.byteLength(one) + 8, 0);

/** The whole messages at the start of the bytes, and how many bytes they were. Throws RangeError for what is no message of ours. */
export const repliesIn = (bytes: Buffer): {readonly replies: readonly Reply[]; readonly taken: number} => {
	const replies: Reply[] = [];
	let taken = 0;
	while (bytes.length - taken >= 16) {
		const message = bytes.subarray(taken);
		if (message[0] !== 0x6c) throw new RangeError('not little-endian');
		const body = align(16 + message.readUInt32LE(12), 8);
		const end = body + message.readUInt32LE(4);
		if (end > largestMessage) throw new RangeError('a message without end');
		if (message.length < end) break;
		const {to, signature, error} = fieldsOf(message, body);
		if (to !== undefined && message[1] === 3) replies.push({to, error: error ?? ''});
		else if (to !== undefined) replies.push({to, values: valuesOf(message.subarray(0, end), body, signature)});
		taken += end;
	}
	return {replies, taken};
};

type Fields = {readonly to?: number; readonly signature: string; readonly error?: string};

const fieldsOf = (message: Buffer, body: number): Fields => {
	let fields: Fields = {signature: ''};
	const place = {at: 16};
	const end = 16 + message.readUInt32LE(12);
	while (place.at < end && place.at < body) {
		place.at = align(place.at, 8);
		const code = message.readUInt8(place.at);
		place.at += 1;
		const [value] = valueOf(message, 'v', place, 0);
		if (code === 4) fields = {...fields, error: String(value)};
		if (code === 5) fields = {...fields, to: Number(value)};
		if (code === 8) fields = {...fields, signature: String(value)};
	}
	return fields;
};

const valuesOf = (message: Buffer, body: number, signature: string): readonly Value[] => {
	const values: Value[] = [];
	const place = {at: body};
	for (let rest = signature; rest !== ''; ) {
		const [value, behind] = valueOf(message, rest, place, 0);
		values.push(value);
		rest = behind;
	}
	return values;
};

/** The value of the signature's first type, and the rest of the signature. Reading past the end throws RangeError. */
const valueOf = (bytes: Buffer, signature: string, place: {at: number}, depth: number): readonly [Value, string] => {
	const rest = signature.slice(1);
	const fixed = (size: number): number => {
		const at = align(place.at, size);
		place.at = at + size;
		return at;
	};
	switch (signature[0]) {
		case 's':
		case 'o':
			return [textAt(bytes, bytes.readUInt32LE(fixed(4)), place), rest];
		case 'g':
			return [textAt(bytes, bytes.readUInt8(fixed(1)), place), rest];
		case 'y':
			return [bytes.readUInt8(fixed(1)), rest];
		case 'b':
			return [bytes.readUInt32LE(fixed(4)) !== 0, rest];
		case 'i':
			return [bytes.readInt32LE(fixed(4)), rest];
		case 'u':
			return [bytes.readUInt32LE(fixed(4)), rest];
		case 't':
			return [bytes.readBigUInt64LE(fixed(8)), rest];
		case 'v': {
			const type = textAt(bytes, bytes.readUInt8(fixed(1)), place);
			return [valueOf(bytes, type, place, deeper(depth))[0], rest];
		}
		case '(': {
			place.at = align(place.at, 8);
			return parts(bytes, rest, place, deeper(depth));
		}
		case 'a':
			return arrayOf(bytes, rest, place, deeper(depth));
		default:
			throw new RangeError(`a value of type ${signature[0]}`);
	}
};

const parts = (bytes: Buffer, signature: string, place: {at: number}, depth: number): readonly [Value, string] => {
	const values: Value[] = [];
	let rest = signature;
	while (!rest.startsWith(')')) {
		const [value, behind] = valueOf(bytes, rest, place, depth);
		values.push(value);
		rest = behind;
	}
	return [values, rest.slice(1)];
};

const arrayOf = (bytes: Buffer, type: string, place: {at: number}, depth: number): readonly [Value, string] => {
	const from = align(place.at, 4);
	const first = align(from + 4, type[0] === '(' || type[0] === 't' ? 8 : 1);
	const end = first + bytes.readUInt32LE(from);
	if (end > bytes.length) throw new RangeError('a list without end');
	place.at = first;
	const values: Value[] = [];
	while (place.at < end) values.push(valueOf(bytes, type, place, depth)[0]);
	return [values, behind(type)];
};

/** The signature without its first whole type. */
const behind = (signature: string): string => {
	if (signature[0] === 'a') return behind(signature.slice(1));
	if (signature[0] !== '(') return signature.slice(1);
	let open = 0;
	for (const [at, one] of [...signature].entries()) {
		open += one === '(' ? 1 : one === ')' ? -1 : 0;
		if (open === 0) return signature.slice(at + 1);
	}
	throw new RangeError('a type without end');
};

const textAt = (bytes: Buffer, length: number, place: {at: number}): string => {
	const from = place.at;
	place.at = from + length + 1;
	if (place.at > bytes.length) throw new RangeError('a text without end');
	return bytes.toString('utf8', from, from + length);
};

const deeper = (depth: number): number => {
	if (depth > 8) throw new RangeError('values within values without end');
	return depth + 1;
};
