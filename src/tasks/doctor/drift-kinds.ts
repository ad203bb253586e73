/** The ways in which something that setup installed can be off, and what mends each: a proof that fails weighs more than a setting. */
import {defineKinds, type FoundOf, type Kinds} from '#model/finding.ts';
import type {Resource} from '#model/resource.ts';

/** A proof that fails is a failure; a changed setting is one to look at. */
const severity = ({isProof}: {readonly isProof: boolean}): 'warn' | 'fail' => (isProof ? 'fail' : 'warn');

type Drift = {
	changed: {readonly item: string; readonly shown: string; readonly isProof: boolean};
	fault: {readonly item: string; readonly sentence: string; readonly hint: string; readonly isProof: boolean};
	stays: {readonly item: string; readonly shown: string};
	unfinished: {readonly why: string; readonly rest: string};
};

/** What is found of a stack. */
export type Found = FoundOf<Kinds<Drift>>;

/** What mends a thing is a part of the plan that found it: of resources, which are no data. */
export const kindsOver = (mending: ReadonlyMap<string, readonly Resource[]>): Kinds<Drift> =>
	defineKinds<Drift>({
		unfinished: {
			state: 'warn',
			example: {why: 'openresty failed: no space left on device', rest: '31 of 62 changes are still to be made'},
			says: ({why, rest}) => `the installation did not finish: ${why}; ${rest}`,
			remedy: {sentence: 'setup goes on with it, and shows what can be done.'},
		},
		changed: {
			state: severity,
			example: {item: 'file:/etc/app.conf', shown: 'mode 0600', isProof: false},
			says: ({shown}) => `changed since setup installed it: ${shown}`,
			remedy: ({item}) => ({
				sentence: `If the change is wanted, answer so and run setup apply; else setup doctor fix stack.drift puts ${item} back to what was answered.`,
			}),
			fix: ({item}) => mending.get(item) ?? [],
		},
		stays: {
			state: 'warn',
			example: {item: 'git:/srv/app', shown: 'changed by hand, and left so: manage.py'},
			says: ({shown}) => shown,
			remedy: ({item}) => ({
				sentence: `See what it is (git diff there), bring it to the source that the answers name, and put it back here (git checkout -- FILE, as the owner): an update of ${item} stops before it.`,
			}),
		},
		fault: {
			state: severity,
			example: {item: 'file:/etc/app.conf', sentence: 'it is a directory', hint: 'Move it away.', isProof: false},
			says: ({sentence}) => sentence,
			remedy: ({hint}) => ({sentence: hint}),
		},
	});
