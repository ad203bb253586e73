/** State in, changes out, for every type: `diff` is pure, so all of it is seen without root and without a host. */
import {describe, expect, test} from 'vitest';
import type {Change, ResourceType} from '#model/resource.ts';
import {Secret} from '#model/secret.ts';
import {typeNames} from '#resources/registry.ts';
import {accounts} from './diffs/accounts.ts';
import {apt} from './diffs/apt.ts';
import {aws} from './diffs/aws.ts';
import {containers} from './diffs/containers.ts';
import {django} from './diffs/django.ts';
import {files} from './diffs/files.ts';
import {network} from './diffs/network.ts';
import {programs} from './diffs/programs.ts';
import {servers} from './diffs/servers.ts';
import {canary, type Row} from './diffs/table.ts';
import {web} from './diffs/web.ts';

const tables = [
	...accounts,
	...apt,
	...aws,
	...containers,
	...django,
	...files,
	...network,
	...programs,
	...servers,
	...web,
];

/** They only look, and refuse with a Fault. */
const neverChange = ['aws-key', 'code-mentions', 'own-certificate', 'requirements'];

test('every type has a row that is as desired, and one that is not', () => {
	expect(tables.map(({type}) => type.name).toSorted()).toEqual(typeNames.toSorted());
	for (const {type, rows} of tables) {
		expect(Object.keys(rows.desired).length, type.name).toBeGreaterThan(0);
		expect(Object.keys(rows.changes).length === 0, type.name).toBe(neverChange.includes(type.name));
	}
});

describe.for(tables.map(table => [table.type.name, table] as const))('%s', ([, {type, rows}]) => {
	test('on a fresh host', () => see(type, rows.spec, 'absent', rows.absent));
	test.for(Object.entries(rows.desired))('as desired: %s', ([, {spec = rows.spec, state}]) =>
		see(type, spec, state, []),
	);
	test.for(Object.entries(rows.changes))('to change: %s', ([, {spec = rows.spec, state, are}]) =>
		see(type, spec, state, are),
	);
});

/** The same twice, of a frozen spec and state, without the secret. */
const see = async (
	type: ResourceType<unknown, unknown>,
	spec: unknown,
	state: unknown,
	are: readonly Row[],
): Promise<void> => {
	await type.ready?.(spec);
	const [was, now] = [structuredClone(state), frozen(state)];
	const changes = type.diff(frozen(spec), now);
	expect(changes.map(rowOf)).toEqual(are);
	expect(type.diff(spec, now)).toEqual(changes);
	expect(now).toEqual(was);
	expect(JSON.stringify(changes)).not.toContain(canary);
};

const rowOf = ({what, from, to, key, item}: Change): Row =>
	item !== undefined ? [what, from, to, key ?? '', item] : key !== undefined ? [what, from, to, key] : [what, from, to];

/** Bytes cannot be frozen: they are compared with what they were. */
const frozen = <T>(value: T): T => {
	if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || value instanceof Secret) return value;
	for (const one of Object.values(value)) frozen(one);
	return Object.freeze(value);
};
