import {expect, test} from 'vitest';
import {z} from 'zod';
import {nothingOffered, type Offering, usesOf, withOffers} from '#answers/resolve/offers.ts';
import {settleGiven} from '#answers/resolve/resolve-answers.ts';
import type {Offered, Uses} from '#model/offers.ts';
import {defineStack, defineStep} from '#model/step.ts';
import {caught} from '../caught.ts';

const step = (id: string, uses: Uses, offers: (answers: {on: boolean}) => Offered = () => ({})) =>
	defineStep({
		id,
		title: id,
		about: '',
		guide: '',
		uses,
		questions: z.strictObject({on: z.boolean()}),
		offers,
		resources: () => [],
	});

const site = (host: string): Offered => ({site: {host}});
const after = (...offers: readonly Offered[]): Offering =>
	offers.reduce<Offering>((before, offered, index) => {
		const one = step(`s${index}`, {}, () => offered);
		return withOffers(before, one, {on: true}, usesOf(one, before));
	}, nothingOffered);

test('a kind is found by its name, or as the only one of its kind', () => {
	const two = after({'site:inner': {host: 'a'}}, {'site:outer': {host: 'b'}});
	expect(usesOf(step('x', {one: 'site:outer'}), two)).toEqual({uses: {one: {host: 'b'}}, from: ['s1'], known: true});
	expect(usesOf(step('x', {one: 'site'}), after({'site:inner': {host: 'a'}})).uses).toEqual({one: {host: 'a'}});
	expect(usesOf(step('x', {one: 'site?'}), nothingOffered)).toEqual({uses: {one: undefined}, from: [], known: true});
});

test('what nobody offers, what two could mean and what is offered twice are faults of the stack', async () => {
	expect(await caught(async () => usesOf(step('x', {one: 'site'}), nothingOffered))).toMatchObject({
		code: 'stack.uses',
		sentence: 'The step x uses site, which no step before it offers.',
	});
	const two = after({'site:inner': {host: 'a'}}, {'site:outer': {host: 'b'}});
	expect(await caught(async () => usesOf(step('x', {one: 'site'}), two))).toMatchObject({
		code: 'stack.uses',
		hint: 'There are: site:inner, site:outer.',
	});
	expect(await caught(async () => after(site('a'), site('b')))).toMatchObject({code: 'stack.offers'});
});

test('an offer that rests on another one rests on the answers of both', async () => {
	const first = step('first', {}, ({on}) => (on ? site('a') : {}));
	const second = step('second', {site: 'site'}, () => ({'site:second': {host: 'b'}}));
	const third = step('third', {site: 'site:second'});
	const stack = defineStack({id: 's', title: 'S', about: '', guide: '', steps: [first, second, third]});
	const settled = await settleGiven(stack, {first: {on: true}, second: {on: true}}, async () => ({}));
	expect(settled.at(-1)?.found).toEqual({uses: {site: {host: 'b'}}, from: ['second', 'first'], known: true});
});

test('without even a stand-in, what it would have offered is not known, and nobody says the stack is wrong', () => {
	const first = step('first', {}, () => site('a'));
	const blind = withOffers(nothingOffered, first, undefined, usesOf(first, nothingOffered));
	const second = step('second', {site: 'site'}, () => ({'site:second': {host: 'b'}}));
	const found = usesOf(second, blind);
	expect(found.known).toBe(false);
	expect(withOffers(blind, second, {on: true}, found)).toEqual({offers: new Map(), blind: true});
});
