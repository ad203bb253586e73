/** How full a database of LMDB is, from the file alone: pages that are in use against the size that it may have. Pages that were freed are used again, so the size of the file tells nothing. */
import {closeSync, constants, fstatSync, openSync, readSync} from 'node:fs';
import {Blocked} from '#model/unknown.ts';

export type MdbUse = {readonly pageSize: number; readonly used: number};

/** Throws Blocked for what may not be read, or is no such file. */
export const mdbUse = (path: string): MdbUse => {
	let file: number;
	try {
		// A link, or a pipe that waits for its writer, is none.
		file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
	} catch (error) {
		const closed = ['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '');
		throw new Blocked({because: closed ? 'needs-root' : 'unreadable', need: `the pages of ${path}`});
	}
	try {
		const use = fstatSync(file).isFile() ? useOf((offset, length) => bytesAt(file, offset, length)) : undefined;
		if (use === undefined) throw new Blocked({because: 'unreadable', need: `${path} is no database of LMDB`});
		return use;
	} finally {
		closeSync(file);
	}
};

const bytesAt = (file: number, offset: number, length: number): Buffer => {
	const bytes = Buffer.alloc(length);
	return bytes.subarray(0, readSync(file, bytes, 0, length, offset));
};

type ReadAt = (offset: number, length: number) => Buffer;

/** By its two roots, of which the later counts, and the tree of freed pages that it names. Undefined where it is no such file. */
export const useOf = (read: ReadAt): MdbUse | undefined => {
	const first = rootIn(read(0, rootEnd));
	if (first === undefined) return undefined;
	const second = rootIn(read(first.pageSize, rootEnd));
	const {pageSize, lastPage, freed} = second !== undefined && second.number > first.number ? second : first;
	const free = freed === none ? 0 : countFreed(read, pageSize, freed, {pages: mostPages}, 0);
	return free === undefined ? undefined : {pageSize, used: lastPage + 1 - free};
};

/** MDB_page before it, then MDB_meta: magic, version, address, size, two trees, last page, number of the transaction. */
const header = 16;
const rootEnd = header + 136;
const magic = 0xbeefc0de;
const none = 2n ** 64n - 1n;

type Root = {readonly pageSize: number; readonly freed: bigint; readonly lastPage: number; readonly number: bigint};

const rootIn = (page: Buffer): Root | undefined => {
	if (page.length < rootEnd || page.readUInt32LE(header) !== magic) return undefined;
	const pageSize = page.readUInt32LE(header + 24);
	if (pageSize < 512 || pageSize > 65_536) return undefined;
	return {
		pageSize,
		freed: page.readBigUInt64LE(header + 64),
		lastPage: Number(page.readBigUInt64LE(header + 120)),
		number: page.readBigUInt64LE(header + 128),
	};
};

const mostPages = 5000;
/** LMDB's own bound. */
const deepest = 32;
const isBranch = 1;
const isLeaf = 2;
const isApart = 1;

/** Each leaf holds lists of pages, which begin with how many they are. Undefined for what is no such tree, or has no end. */
const countFreed = (
	read: ReadAt,
	pageSize: number,
	number: bigint,
	left: {pages: number},
	depth: number,
): number | undefined => {
	if (left.pages-- <= 0 || depth > deepest) return undefined;
	const page = read(Number(number) * pageSize, pageSize);
	if (page.length < pageSize) return undefined;
	const flags = page.readUInt16LE(10);
	let sum = 0;
	for (let at = header; at < Math.min(page.readUInt16LE(12), pageSize - 1); at += 2) {
		const node = page.readUInt16LE(at);
		// The first of a branch has no key, and ends with the page.
		if (node + 8 > pageSize) return undefined;
		const [low, high, more, key] = [0, 2, 4, 6].map(offset => page.readUInt16LE(node + offset)) as [
			number,
			number,
			number,
			number,
		];
		if ((flags & isBranch) !== 0) {
			const below = countFreed(
				read,
				pageSize,
				BigInt(low) | (BigInt(high) << 16n) | (BigInt(more) << 32n),
				left,
				depth + 1,
			);
			if (below === undefined) return undefined;
			sum += below;
		} else if ((flags & isLeaf) !== 0) {
			const data = node + 8 + key;
			if (data + 8 > pageSize) return undefined;
			const value = page.readBigUInt64LE(data);
			const list = (more & isApart) === 0 ? undefined : read(Number(value) * pageSize + header, 8);
			if (list !== undefined && list.length < 8) return undefined;
			sum += Number(list === undefined ? value : list.readBigUInt64LE(0));
		} else return undefined;
	}
	return sum;
};
