/** Checks about setup itself: what it remembers, and what was changed by hand since it installed. They stand here because they need more than a host to look at. */
import {waiversCheck} from '#doctor/waiver-rows.ts';
import {type AnyCheck, defineCheck} from '#model/check.ts';
import {Blocked} from '#model/unknown.ts';
import {driftCheck} from './drift.ts';
import type {DoctorPlace} from './place.ts';
import type {Stored} from './store.ts';

/** Those that are run; `doctor.waivers` is judged from what they and all others found. */
export const ownChecks = (place: DoctorPlace, stored: Stored): readonly AnyCheck[] => [
	stateCheck(place, stored),
	driftCheck(place, stored.installed),
];

/** Their declarations, for selecting and explaining. */
export const declared = (checks: readonly AnyCheck[], own: readonly AnyCheck[]): readonly AnyCheck[] =>
	[...checks, ...own, waiversCheck].toSorted((a, b) => (a.id < b.id ? -1 : 1));

const stateCheck = (place: DoctorPlace, {installed, problem}: Stored): AnyCheck =>
	defineCheck({
		id: 'doctor.state',
		title: 'What setup remembers can be read',
		why: 'The answers of what setup installed are what the other checks expect, and waivers say what is accepted. Where they cannot be read, the values of the guides are expected instead.',
		reads: [place.stateFile, place.waivers],
		severity: 'warn',
		layers: ['file'],
		source: 'host-setup, docs/checks.md',
		verify: 'setup status, as root, shows what is installed; a file that is damaged comes from a backup.',
		async inspect() {
			if (problem !== undefined) throw new Blocked(problem.why);
			const stacks = installed.map(({stack}) => stack);
			return [{is: 'ok', expected: stacks, layers: {file: {value: stacks, where: place.stateFile}}}];
		},
	});
