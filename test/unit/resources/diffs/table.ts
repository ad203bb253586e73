/** The form of a table of diffs: what a type is asked for and sees, and the changes that come of it, so that a new type is one entry. */
import type {Json} from '#model/json.ts';
import type {ResourceType} from '#model/resource.ts';
import {Secret} from '#model/secret.ts';

/** What, from, to; the key and the item where it has them. A patch is looked at elsewhere. */
export type Row = readonly [what: string, from: Json, to: Json, key?: string, item?: string];

type Case<Spec, State> = {readonly spec?: Spec; readonly state: State | 'absent'};

type Rows<Spec, State> = {
	readonly spec: Spec;
	/** Of a fresh host. */
	readonly absent: readonly Row[];
	/** States that are as desired. */
	readonly desired: Readonly<Record<string, Case<Spec, State>>>;
	/** States that are not. */
	readonly changes: Readonly<Record<string, Case<Spec, State> & {readonly are: readonly [Row, ...Row[]]}>>;
};

export type Table = {
	readonly type: ResourceType<unknown, unknown>;
	readonly rows: Rows<unknown, unknown>;
};

/** The rows of one type, seen from outside without its own state. */
export const tableOf = <Spec, State>(type: ResourceType<Spec, State>, rows: Rows<Spec, State>): Table =>
	({type, rows}) as unknown as Table;

/** Stands in the specs as the password; no change may show it. */
export const canary = 'Kanarie-0815';
export const password = [new Secret('password', canary)];
