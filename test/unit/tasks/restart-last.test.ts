/** A unit is restarted behind what is mended for it, and not at all where that failed. */
import {expect, it} from 'vitest';
import {orderOf} from '#engine/order.ts';
import type {Resource} from '#model/resource.ts';
import {restartLast} from '#tasks/doctor/restart-last.ts';

const one = (step: string, resource: Partial<Resource> & {readonly id: string; readonly type: string}) => ({
	step,
	resource: {look: async () => ({state: 'ok'}), ...resource} as Resource,
});
const before = (items: Parameters<typeof restartLast>[0], id: string): readonly string[] =>
	[...(orderOf(restartLast(items)).before.get(id) ?? [])].sort();

it('waits for the edits of its check, and for whoever owes it a restart', () => {
	const items = [
		one('x.bind', {id: 'edit:/a', type: 'edit'}),
		one('x.bind', {id: 'unit:x', type: 'unit', provides: ['unit:x.service']}),
		one('x.memory', {id: 'edit:/b', type: 'edit', owes: [{unit: 'x.service', do: 'restart'}]}),
		one('y.bind', {id: 'edit:/c', type: 'edit'}),
	];
	expect(before(items, 'unit:x')).toEqual(['edit:/a', 'edit:/b']);
});

it('never waits for what waits for it', () => {
	const items = [
		one('stack.drift', {id: 'edit:/a', type: 'edit', needs: ['path:/b']}),
		one('stack.drift', {id: 'path:/b', type: 'file', needs: ['unit:x.service'], provides: ['path:/b']}),
		one('stack.drift', {id: 'unit:x', type: 'unit', provides: ['unit:x.service']}),
	];
	expect(before(items, 'unit:x')).toEqual([]);
});
