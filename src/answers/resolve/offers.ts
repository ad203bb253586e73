/** Finds for a step what it uses among what the steps before it offer: by kind, and by name where a stack has several of a kind. */
import {Fault} from '#model/fault.ts';
import type {Uses} from '#model/offers.ts';
import type {AnyStep} from '#model/step.ts';

/** One thing offered, with the ids of the steps whose answers it was made from. */
type Offer = {readonly value: unknown; readonly from: readonly string[]};

/** What was offered so far. `blind`: a step could not say what it offers, for want of answers. */
export type Offering = {readonly offers: ReadonlyMap<string, Offer>; readonly blind: boolean};

/** `known` is false where something that is used cannot be told yet. */
export type Found = {
	readonly uses: Readonly<Record<string, unknown>>;
	readonly from: readonly string[];
	readonly known: boolean;
};

export const nothingOffered: Offering = {offers: new Map(), blind: false};

/** Throws Fault 'stack.uses' for what no earlier step offers. */
export const usesOf = (step: AnyStep, {offers, blind}: Offering): Found => {
	const found = Object.entries((step.uses ?? {}) as Uses).map(([name, wanted]) => {
		const key = wanted.replace(/\?$/, '');
		const offer = find(key, offers);
		if (offer === undefined && key === wanted && !blind) throw lacking(step, key, offers);
		return {name, offer, known: offer !== undefined || !blind};
	});
	return {
		uses: Object.fromEntries(found.map(({name, offer}) => [name, offer?.value])),
		from: [...new Set(found.flatMap(({offer}) => offer?.from ?? []))],
		known: found.every(({known}) => known),
	};
};

/** The offers with those of one more step; `answers` undefined where there are not even stand-ins. Throws Fault 'stack.offers' for one that is made twice. */
export const withOffers = (before: Offering, step: AnyStep, answers: unknown, {uses, from, known}: Found): Offering => {
	if (!step.offers) return before;
	if (answers === undefined || !known) return {...before, blind: true};
	const made = Object.entries(step.offers(answers, {uses})).filter(([, value]) => value !== undefined);
	const offers = new Map(before.offers);
	for (const [key, value] of made) {
		if (offers.has(key))
			throw new Fault(
				'stack.offers',
				`The step ${step.id} offers ${key}, which ${offers.get(key)?.from[0]} offers before it.`,
				'Give one of them a name: KIND:NAME.',
			);
		offers.set(key, {value, from: [step.id as string, ...from]});
	}
	return {...before, offers};
};

/** Without a name, the only one of its kind is meant. */
const find = (key: string, offers: Offering['offers']): Offer | undefined => {
	const named = key.includes(':') ? [] : [...offers].filter(([one]) => one.startsWith(`${key}:`));
	return offers.get(key) ?? (named.length === 1 ? named[0]![1] : undefined);
};

const lacking = (step: AnyStep, key: string, offers: Offering['offers']): Fault => {
	const kind = key.split(':')[0];
	const near = [...offers.keys()].filter(one => one.split(':')[0] === kind);
	return new Fault(
		'stack.uses',
		`The step ${step.id} uses ${key}, which no step before it offers.`,
		near.length > 0 ? `There are: ${near.join(', ')}.` : 'Put a step that offers it earlier in the stack.',
	);
};
