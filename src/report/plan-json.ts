/** The plan as data, for programs. Additive only: a new field keeps schemaVersion, a changed meaning raises it. */

import {type Plan, planExitCode} from '#engine/plan.ts';
import {printableJson} from '#model/printable.ts';
import type {AskedRow} from './beforehand-text.ts';

/** What `setup plan --format json` prints; schemas/plan.schema.json describes it. */
export const planJson = (
	plan: Plan,
	about: {
		readonly stack: string;
		readonly version: string;
		readonly root: string;
		/** Files that the answers name for secrets. */
		readonly reads?: readonly {readonly name: string; readonly file: string}[];
	},
	asked: readonly (AskedRow & {readonly id: string})[] = [],
): string =>
	`${printableJson(
		{
			schemaVersion: 1,
			...about,
			exitCode: asked.some(({state}) => state === 'failed') ? 1 : planExitCode(plan),
			counts: plan.counts,
			...(asked.length > 0 && {asked}),
			nodes: plan.nodes.map(({step, resource, look}) => ({
				id: resource.id,
				step,
				type: resource.type,
				...(resource.title !== undefined && {title: resource.title}),
				needs: resource.needs ?? [],
				provides: resource.provides ?? [],
				state: look.state,
				...(look.state === 'change' && {changes: look.changes, undo: look.undo.can ? {can: true} : look.undo}),
				...(look.state === 'ok' && look.stays !== undefined && {stays: look.stays}),
				...(look.state === 'unknown' && {why: look.why, expected: look.expected}),
				...(look.state === 'failed' && {fault: look.fault}),
			})),
		},
		'\t',
	)}\n`;
