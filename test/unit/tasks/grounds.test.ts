/** A stack of somebody else may use the shared steps without knowing what an apt transaction stands on. */
import {describe, expect, test} from 'vitest';
import type {Item} from '#engine/order.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {dpkgConsistent} from '#resources/apt/dpkg-consistent.ts';
import {selfSigned} from '#resources/certificates/self-signed.ts';
import {requirements} from '#resources/preflight/host-requirements.ts';
import {withGrounds} from '#tasks/grounds.ts';

const asking: Item = {
	step: 'postgres',
	resource: aptPackages(
		{names: ['postgresql']},
		{id: 'apt:postgresql', needs: ['done:requirements', 'done:dpkg-consistent', 'user:ada']},
	),
};

describe('what a stack stands on', () => {
	test('is brought where nobody brings it, in the step that asks for it first', () => {
		const [first, second] = withGrounds('mine', [asking]);
		expect(first).toMatchObject({step: 'postgres', resource: {provides: ['done:dpkg-consistent']}});
		expect(second?.resource.needs).toEqual(['done:dpkg-consistent', 'user:ada']);
	});

	test('is left as it is where the stack brings it', () => {
		const own: readonly Item[] = [
			{step: 'packages', resource: dpkgConsistent()},
			{
				step: 'packages',
				resource: requirements({
					needs: {memoryMiB: [1, 1], diskMiB: 1, ports: [], installed: '/x', accept: 'packages.accept'},
					accepted: [],
				}),
			},
			asking,
		];
		expect(withGrounds('mine', own)).toEqual(own);
	});

	test('has the packages of tools that a step needs and no step installs, in one transaction', () => {
		const site = selfSigned({certificate: '/etc/a.crt', key: '/etc/a.key', names: ['a.example']});
		const [look, tools, last] = withGrounds('mine', [{step: 'tls', resource: site}]);
		expect(look?.resource.provides).toEqual(['done:dpkg-consistent']);
		expect(tools).toMatchObject({
			step: 'tls',
			resource: {id: 'apt:tools', provides: ['package:openssl'], needs: ['done:dpkg-consistent']},
		});
		expect(last?.resource.id).toBe(site.id);
	});

	test('is nothing where nobody asks for it', () => {
		expect(withGrounds('mine', [])).toEqual([]);
	});
});
