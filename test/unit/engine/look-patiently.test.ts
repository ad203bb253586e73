import {expect, test} from 'vitest';
import {lookPatiently} from '#engine/look-patiently.ts';
import type {Host} from '#model/host.ts';
import type {Look, Resource} from '#model/resource.ts';

const host = {forget: () => undefined} as unknown as Host;
const until: Look = {state: 'unknown', why: {because: 'until', thing: 'unit:postgresql.service'}, expected: []};
const answering = (...looks: readonly Look[]): {readonly resource: Resource; readonly asked: () => number} => {
	let n = 0;
	return {
		resource: {id: 'x', type: 't', look: async () => looks[Math.min(n++, looks.length - 1)]!} as unknown as Resource,
		asked: () => n,
	};
};

test('a service that needs a moment is asked again', async () => {
	const {resource, asked} = answering(until, until, {state: 'ok'});
	expect(await lookPatiently(resource, host, () => false)).toEqual({state: 'ok'});
	expect(asked()).toBe(3);
});

test('not for ever, not when asked to stop, and not for what no waiting mends', async () => {
	expect(await lookPatiently(answering(until).resource, host, () => false, Date.now() + 250)).toBe(until);
	const stopped = answering(until);
	expect(await lookPatiently(stopped.resource, host, () => true)).toBe(until);
	expect(stopped.asked()).toBe(1);
	const remote: Look = {state: 'unknown', why: {because: 'remote', need: 'a login'}, expected: []};
	const once = answering(remote);
	expect(await lookPatiently(once.resource, host, () => false)).toBe(remote);
	expect(once.asked()).toBe(1);
});
