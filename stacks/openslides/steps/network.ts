import {z} from 'zod';
import {textOf} from '#host/files/text-of.ts';
import {unitState} from '#host/units/units.ts';
import type {Fact} from '#model/host.ts';
import {defineStep} from '#model/step.ts';
import {directory} from '#resources/files/directory.ts';
import {file} from '#resources/files/file.ts';
import {nftTable} from '#resources/firewall/nft-table.ts';
import {bridge} from '#resources/network/bridge.ts';
import {bridgeFiles} from '#resources/network/bridge-files.ts';
import {unit, unitFile} from '#resources/units/unit.ts';
import {addressUnit, filterRules, filterUnit} from './network-files.ts';

const address = 'openslides-network.service';
const filter = 'openslides-filter.service';
/** Of setup's own for this stack. */
const folder = '/etc/openslides';

/** What brings interfaces up here. */
const manager: Fact<'ifupdown' | 'networkd'> = {
	id: 'network-manager',
	async read(host) {
		const sources = /^\s*source(-directory)?\s+\/?.*interfaces\.d/m.test(
			(await textOf(host, '/etc/network/interfaces')) ?? '',
		);
		if (!sources) return 'networkd';
		const state = await unitState('networking.service', host).catch(() => undefined);
		return state?.enabled === true ? 'ifupdown' : 'networkd';
	},
};

/** The bridge on which the instances' containers meet PostgreSQL, Redis and the mail server, before there is any container. */
export const network = defineStep({
	id: 'network',
	title: 'Container network',
	about:
		"A bridge with an address of this host's that stays when the last container goes, brought up by what brings up the others here; a unit that is done when the address is there, for what starts after it at boot; and rules that shut PostgreSQL and Redis to everybody but this host and its containers. One network, the same everywhere: the guide has /16 in one place and /24 in two.",
	guide: 'OpenSlides: Configure Redis (TAP interface); Configure PostgreSQL',
	facts: {manager},
	questions: z.strictObject({
		subnet: z
			.string()
			.regex(/^(10|172\.(1[6-9]|2\d|3[01])|192\.168)(\.\d{1,3}){1,2}\.0\/24$/, {
				error: 'must be a private network of 256 addresses, such as 172.16.28.0/24',
			})
			.refine(
				text =>
					/^\d+\.\d+\.\d+\.0\/24$/.test(text) &&
					text
						.split(/[./]/)
						.slice(0, 3)
						.every(byte => Number(byte) < 256),
				{
					error: 'must be a private network of 256 addresses, such as 172.16.28.0/24',
				},
			)
			.default('172.16.28.0/24')
			.meta({
				title: 'Network of the containers',
				help: 'The host takes its first address. No network that is in use already.',
				from: 'guide',
			}),
		bridge: z
			.string()
			.regex(/^[a-z][a-z0-9]{1,8}$/, {error: 'must be at most 9 small letters and digits'})
			.default('osbr0')
			.meta({title: 'Name of the bridge', help: 'An interface that nothing else uses.', from: 'setup'}),
		by: z.enum(['ifupdown', 'networkd']).default('networkd').meta({
			title: 'What brings it up',
			help: 'ifupdown (/etc/network/interfaces) or systemd-networkd, which leaves alone what it has no file of.',
			from: 'this host',
		}),
		shut: z.boolean().default(true).meta({
			title: 'Shut PostgreSQL and Redis to others',
			help: 'By rules of their own, beside whatever firewall there is. Redis has no password: answer no only where a firewall of yours does it.',
			from: 'setup',
		}),
	}),
	defaults: ({facts}) => ({by: {value: facts.manager, from: 'this host'}}),
	offers: ({subnet, bridge: name, shut}) => ({
		containerNetwork: {
			bridge: name,
			address: hostOf(subnet),
			prefix: 24,
			subnet,
			unit: address,
			ready: 'done:container-address',
			shut: shut ? 'done:nft-table:openslides' : undefined,
		},
	}),
	resources: ({subnet, bridge: name, by, shut}) => {
		const spec = {name, member: `${name}-keep`, address: hostOf(subnet), prefix: 24, by};
		const files = bridgeFiles(spec);
		const manages = by === 'ifupdown' ? 'networking.service' : 'systemd-networkd.service';
		const rules = `${folder}/filter.nft`;
		const text = filterRules(spec.address, name);
		return [
			directory({path: folder, mode: 0o755, owner: 'root:root'}),
			...(by === 'networkd' ? [directory({path: '/etc/systemd/network', mode: 0o755, owner: 'root:root'})] : []),
			// Before the files: what it made of them at its start would be nobody's to take away again.
			unit({name: manages, enabled: true, ...(by === 'networkd' && {running: true})}),
			...files.map(one => file({...one, mode: 0o644, owner: 'root:root'}, {needs: [`unit:${manages}`]})),
			bridge(spec, {
				needs: ['package:iproute2', `unit:${manages}`, ...files.map(({path}) => `path:${path}` as const)],
				// What is part of it starts anew: a container that was plugged into the old bridge is in no network.
				owes: [{unit: address, do: 'restart'}],
			}),
			unitFile({name: address, text: addressUnit(spec, manages)}),
			unit(
				{name: address, enabled: true, running: true},
				{needs: [`path:/etc/systemd/system/${address}`, `iface:${name}`], provides: ['done:container-address']},
			),
			...(shut
				? [
						file({path: rules, text: `# Written by setup.\n${text}`, mode: 0o644, owner: 'root:root'}),
						unitFile({name: filter, text: filterUnit(rules)}),
						unit(
							{name: filter, enabled: true, running: true, files: [rules]},
							{needs: ['package:nftables', `path:/etc/systemd/system/${filter}`, `path:${rules}`]},
						),
						nftTable({name: 'openslides', text, unit: filter}),
					]
				: []),
		];
	},
});

const hostOf = (subnet: string): string => subnet.replace(/0\/24$/, '1');
