/** A firewall for a host that serves the web: SSH, the web, and nothing else. */
import {z} from 'zod';
import {port} from '#answers/questions/questions.ts';
import {firewallsConfigured} from '#host/system/firewall.ts';
import {sshPorts} from '#host/system/ssh-ports.ts';
import {defineStep} from '#model/step.ts';
import type {Thing} from '#model/thing.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {nftablesFirewall} from '#resources/firewall/nftables.ts';
import {ufwFirewall} from '#resources/firewall/ufw.ts';

export type FirewallOptions = {
	readonly guide: string;
	/** TCP, beside those of sshd. */
	readonly ports: readonly number[];
	/** What is proposed where no other is in charge. */
	readonly by: 'nftables' | 'none';
	/** What has to stand before: networks of guests that are made by other steps. */
	readonly needs?: readonly Thing[];
};

/** nftables or ufw with the ports that stay open, or what is in charge already. */
export const firewall = ({guide, ports, by, needs = []}: FirewallOptions) =>
	defineStep({
		id: 'firewall',
		title: 'Firewall',
		about: `What comes in is refused but for SSH and the web, now and after a boot: the second lock, for a service that listens where it should not. A port on which sshd listens is never shut, containers and virtual machines of this host go on reaching it, and the rules are taken back by a timer unless a new connection has come through.${by === 'none' ? ' The guide sets none up on this host, so none is proposed: what listens here is then in reach of everybody who reaches this host.' : ''}`,
		guide,
		facts: {firewallsConfigured, sshPorts},
		questions: z
			.discriminatedUnion('by', [
				z.strictObject({by: z.literal('nftables').meta({title: 'nftables, by setup'}), ...opening(ports)}),
				z.strictObject({
					by: z.literal('ufw').meta({
						title: 'ufw, by setup',
						help: 'Where it is in charge already, it stays so, and is only told what more to let in.',
					}),
					...opening(ports),
				}),
				z.strictObject({
					by: z.literal('none').meta({
						title: 'None by setup',
						help: 'One that is in charge already, or a router or a security group in front of this host.',
					}),
				}),
			])
			.prefault({by})
			.meta({
				title: 'Firewall',
				help: 'Where another is in charge already, it stays in charge.',
				from: by === 'none' ? 'setup' : 'guide',
			}),
		defaults: ({facts}) => {
			const open = {open: {value: [...new Set([...facts.sshPorts, ...ports])], from: 'this host'}};
			const other = facts.firewallsConfigured.find(({name}) => name !== 'nftables.service');
			if (other === undefined) return open;
			return {...open, by: {value: other.name === 'ufw' ? 'ufw' : 'none', from: `${other.name} is in charge here`}};
		},
		resources: answers => {
			if (answers.by === 'none') return [];
			const names = answers.by === 'ufw' ? ['ufw', 'nftables', 'iproute2'] : ['nftables', 'iproute2'];
			const make = answers.by === 'ufw' ? ufwFirewall : nftablesFirewall;
			return [
				aptPackages(
					{names, recommends: false},
					{id: `apt:${answers.by}`, needs: ['done:requirements', 'done:dpkg-consistent']},
				),
				make(
					{ports: answers.open, confirm: answers.confirm, minutes: answers.minutes},
					{needs: [...names.map((name): Thing => `package:${name}`), ...needs]},
				),
			];
		},
	});

const opening = (ports: readonly number[]) => ({
	open: z
		.array(port())
		.default([22, ...ports])
		.meta({
			title: 'Ports that stay open',
			help: 'TCP, for everybody. Every port of sshd must be among them.',
			from: 'this host',
		}),
	confirm: z.enum(['proof', 'login']).default('proof').meta({
		title: 'How it is confirmed',
		help: 'proof: setup itself makes new connections to sshd from a network of its own, so nobody has to be there. login: it is on trial until somebody logs in anew and runs setup firewall confirm there; else it is taken back.',
		from: 'setup',
	}),
	minutes: z.int().min(1).max(60).default(10).meta({
		title: 'Minutes that it waits for that login',
		help: 'Then a timer takes it back, whatever became of setup and of the session.',
		from: 'setup',
	}),
});
