/** Pages of a database of LMDB, over files made by its layout; against slapd's own on a booted host (test/host/doctor/ldap.test.ts). */
import {describe, expect, it} from 'vitest';
import {useOf} from '#host/ldap/mdb.ts';

const pageSize = 4096;
const none = 2n ** 64n - 1n;

const meta = (transaction: number, lastPage: number, freed: bigint): Buffer => {
	const page = Buffer.alloc(pageSize);
	page.writeUInt16LE(8, 10);
	page.writeUInt32LE(0xbeefc0de, 16);
	page.writeUInt32LE(1, 20);
	page.writeUInt32LE(pageSize, 16 + 24);
	page.writeBigUInt64LE(freed, 16 + 64);
	page.writeBigUInt64LE(BigInt(lastPage), 16 + 120);
	page.writeBigUInt64LE(BigInt(transaction), 16 + 128);
	return page;
};

/** Nodes from the end of the page, as LMDB lays them. */
const tree = (flags: number, nodes: readonly {flags: number; low: number; data: bigint}[]): Buffer => {
	const page = Buffer.alloc(pageSize);
	page.writeUInt16LE(flags, 10);
	page.writeUInt16LE(16 + nodes.length * 2, 12);
	for (const [at, node] of nodes.entries()) {
		const place = pageSize - 32 * (at + 1);
		page.writeUInt16LE(place, 16 + at * 2);
		page.writeUInt16LE(node.low, place);
		page.writeUInt16LE(node.flags, place + 4);
		page.writeUInt16LE(8, place + 6);
		page.writeBigUInt64LE(node.data, place + 16);
	}
	return page;
};

const use = (...pages: readonly Buffer[]) => {
	const whole = Buffer.concat(pages);
	return useOf((offset, length) => whole.subarray(offset, offset + length));
};

describe('pages in use', () => {
	it('are those up to the last one of the later root, without those that were freed', () => {
		expect(use(meta(4, 9, none), meta(5, 99, none))).toEqual({pageSize, used: 100});
		expect(use(meta(6, 9, none), meta(5, 99, none))).toEqual({pageSize, used: 10});
		const leaf = tree(2, [
			{flags: 0, low: 32, data: 7n},
			{flags: 0, low: 32, data: 3n},
		]);
		expect(use(meta(4, 9, none), meta(5, 99, 2n), leaf)).toEqual({pageSize, used: 90});
	});

	it('of lists that have a page of their own, below a branch', () => {
		const branch = tree(1, [
			{flags: 0, low: 3, data: 0n},
			{flags: 0, low: 4, data: 0n},
		]);
		const apart = Buffer.alloc(pageSize);
		apart.writeBigUInt64LE(600n, 16);
		const pages = [branch, tree(2, [{flags: 0, low: 8, data: 5n}]), tree(2, [{flags: 1, low: 8, data: 5n}]), apart];
		expect(use(meta(4, 9, none), meta(5, 999, 2n), ...pages)).toEqual({pageSize, used: 1000 - 605});
	});

	it('below a branch whose first node has no key, and so ends with its page', () => {
		const branch = tree(1, [{flags: 0, low: 3, data: 0n}]);
		branch.writeUInt16LE(3, pageSize - 8);
		branch.writeUInt16LE(0, pageSize - 2);
		branch.writeUInt16LE(pageSize - 8, 16);
		expect(use(meta(4, 9, none), meta(5, 99, 2n), branch, tree(2, [{flags: 0, low: 8, data: 5n}]))).toEqual({
			pageSize,
			used: 95,
		});
	});

	it('cannot be told of another file, of a torn one, and of a tree without an end', () => {
		expect(use(Buffer.from('SQLite format 3'))).toBeUndefined();
		expect(use(Buffer.alloc(8192, 7))).toBeUndefined();
		expect(use(meta(4, 9, none), meta(5, 99, 77n))).toBeUndefined();
		expect(use(meta(4, 9, none), meta(5, 99, 2n), tree(1, [{flags: 0, low: 2, data: 0n}]))).toBeUndefined();
	});
});
