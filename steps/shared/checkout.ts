/** A checkout of an application's source, as its user: where it comes from, which commit, and whether a re-run follows the branch. */
import {z} from 'zod';
import {oneLine} from '#answers/questions/questions.ts';
import type {Edges, Resource} from '#model/resource.ts';
import {gitCheckout} from '#resources/git/checkout.ts';
import type {SettledElsewhere} from '#resources/git/settled-elsewhere.ts';
import type {Runs} from '#resources/git/stand-still.ts';

export type CheckoutDefaults = {
	readonly ref: string;
	/** What is worth knowing of where the source is published. */
	readonly help: string;
	readonly example: string;
};

/** `repository`, `ref`, `update`: to spread into the questions of a step. */
export const checkoutQuestions = ({ref, help, example}: CheckoutDefaults) => ({
	repository: oneLine().meta({reads: 'path', title: 'Git repository', help, example}),
	ref: oneLine({max: 255}).default(ref).meta({
		title: 'Branch, tag or commit',
		help: 'What is checked out. The commit that it means is kept, so that a re-run deploys nothing else.',
		from: 'guide',
	}),
	update: z.boolean().default(false).meta({
		title: 'Follow the branch',
		help: 'Without it a re-run deploys nothing: the commit that was installed stays.',
		from: 'setup',
	}),
});

/** Globs that the install itself makes or changes in the tree; asked beside the others. */
export const ownFilesQuestion = (own: readonly string[]) =>
	z
		.array(oneLine())
		.default([...own])
		.meta({
			title: 'Files in the tree that the install itself makes or changes',
			help: 'Globs. Any other local change is foreign, and is never overwritten.',
			from: 'setup',
		});

export type CheckoutAnswers = {readonly repository: string; readonly ref: string; readonly update: boolean};

export type CheckoutPlace = {
	readonly directory: string;
	readonly user: string;
	/** Files and globs from the top of the tree whose change is no foreign one. */
	readonly ours: readonly string[];
	/** What runs the code; an update stops it before anything changes. */
	readonly runs?: Runs;
	/** Files in which an earlier setup made settings that are elsewhere now. */
	readonly settledElsewhere?: readonly SettledElsewhere[] | undefined;
	/** Files and directories from the top of the tree that later resources need. */
	readonly holds: readonly string[];
};

/** Provides the paths that it holds. */
export const checkout = (
	{repository, ref, update}: CheckoutAnswers,
	{directory, user, runs, ours, settledElsewhere = [], holds}: CheckoutPlace,
	{needs = []}: Pick<Edges, 'needs'> = {},
): Resource =>
	gitCheckout(
		{url: repository, ref, directory, user, update, ours, settledElsewhere, ...(runs && {runs})},
		{
			needs: ['package:git', ...needs],
			provides: [...new Set(holds)].map(path => `path:${directory}/${path}` as const),
		},
	);
