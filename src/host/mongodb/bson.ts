/** As much of BSON as questions to MongoDB and their answers need: loading its whole driver would cost more than asking. */

export type BsonValue = string | number | boolean | null | Bson | readonly BsonValue[] | Uint8Array;
export type Bson = {readonly [key: string]: BsonValue};

/** A command; numbers as 32 bits. Throws TypeError for a name with a zero in it, which would end it early. */
export const writeBson = (command: Bson): Buffer => {
	const parts = Object.entries(command).map(([key, value]) => {
		if (key.includes('\0')) throw new TypeError('a name has a zero in it');
		const [kind, bytes] = written(value);
		return Buffer.concat([Buffer.of(kind), Buffer.from(`${key}\0`), bytes]);
	});
	const body = Buffer.concat(parts);
	return Buffer.concat([int32(body.length + 5), body, Buffer.of(0)]);
};

const written = (value: BsonValue): readonly [kind: number, bytes: Buffer] => {
	if (value === null) return [0x0a, Buffer.alloc(0)];
	if (typeof value === 'boolean') return [0x08, Buffer.of(value ? 1 : 0)];
	if (typeof value === 'number') return [0x10, int32(value)];
	if (typeof value === 'string') {
		const text = Buffer.from(`${value}\0`);
		return [0x02, Buffer.concat([int32(text.length), text])];
	}
	if (value instanceof Uint8Array) return [0x05, Buffer.concat([int32(value.length), Buffer.of(0), value])];
	if (isList(value)) return [0x04, writeBson(Object.fromEntries(value.map((one, at) => [String(at), one])))];
	return [0x03, writeBson(value)];
};

const isList = (value: Bson | readonly BsonValue[]): value is readonly BsonValue[] => Array.isArray(value);

/** The document that begins there. Throws RangeError or TypeError for what is none. */
export const readBson = (bytes: Buffer, start = 0): Bson => readDocument(bytes, start).value as Bson;

const int32 = (value: number): Buffer => {
	const bytes = Buffer.alloc(4);
	bytes.writeInt32LE(value);
	return bytes;
};

type Read = {readonly value: BsonValue; readonly end: number};

const readDocument = (bytes: Buffer, start: number, list = false, depth = 0): Read => {
	if (depth > 100) throw new RangeError('a document is too deep');
	const end = start + bytes.readInt32LE(start);
	if (end > bytes.length || end < start + 5) throw new RangeError('a document ends outside of the message');
	const pairs: (readonly [string, BsonValue])[] = [];
	let at = start + 4;
	while (bytes[at] !== 0) {
		const kind = bytes.readUInt8(at);
		const nameEnd = bytes.indexOf(0, at + 1);
		if (nameEnd < 0 || nameEnd >= end) throw new RangeError('a name does not end');
		const read = readValue(bytes, kind, nameEnd + 1, depth);
		pairs.push([bytes.toString('utf8', at + 1, nameEnd), read.value]);
		at = read.end;
		// A length below nought would go back, and for ever.
		if (read.end <= nameEnd || at >= end) throw new RangeError('a value ends outside of its document');
	}
	return {value: list ? pairs.map(([, value]) => value) : Object.fromEntries(pairs), end};
};

/** Kinds that no answer of ours is about are passed over as null. */
const readValue = (bytes: Buffer, kind: number, at: number, depth: number): Read => {
	const fixed = sizes[kind];
	if (kind === 0x01) return {value: bytes.readDoubleLE(at), end: at + 8};
	if (kind === 0x02) {
		const length = bytes.readInt32LE(at);
		return {value: bytes.toString('utf8', at + 4, at + 3 + length), end: at + 4 + length};
	}
	if (kind === 0x03 || kind === 0x04) return readDocument(bytes, at, kind === 0x04, depth + 1);
	if (kind === 0x05) {
		const end = at + 5 + bytes.readInt32LE(at);
		return {value: Uint8Array.from(bytes.subarray(at + 5, end)), end};
	}
	if (kind === 0x08) return {value: bytes.readUInt8(at) === 1, end: at + 1};
	if (kind === 0x10) return {value: bytes.readInt32LE(at), end: at + 4};
	if (kind === 0x12) return {value: Number(bytes.readBigInt64LE(at)), end: at + 8};
	if (fixed !== undefined) return {value: null, end: at + fixed};
	throw new TypeError(`BSON of kind ${kind} is not known`);
};

/** ObjectId, date, null, timestamp, decimal; the ends of the order. */
const sizes: Readonly<Record<number, number>> = {6: 0, 7: 12, 9: 8, 10: 0, 17: 8, 19: 16, 127: 0, 255: 0};
