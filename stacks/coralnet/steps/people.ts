import {z} from 'zod';
import {oneLine, unixName} from '#answers/questions/questions.ts';
import {keyInLine} from '#edit/line-formats/authorized-keys.ts';
import {accounts} from '#host/system/accounts.ts';
import {defineStep} from '#model/step.ts';
import {homeOf, person} from '#resources/accounts/person.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {directory} from '#resources/files/directory.ts';
import {edit} from '#resources/files/edit.ts';

const sudoersFile = '/etc/sudoers.d/mysudoers';

const publicKey = () =>
	oneLine({max: 16_384})
		.refine(line => keyInLine(line)?.options === '', {
			error: 'must be the line of a .pub file: ssh-ed25519 AAAA… somebody@somewhere',
		})
		.meta({title: 'Public key', example: 'ssh-ed25519 AAAAC3Nz… ada@laptop'});

/** An account for each person, with keys instead of a password. Nothing of how people come in today is taken away. */
export const people = defineStep({
	id: 'people',
	title: 'People',
	about:
		'An account for each person who looks after the site: keys instead of a password, sudo, membership in the group of the web server. Shared accounts tell nobody who did what. Accounts, keys and rules that are there already stay as they are.',
	guide: 'CoralNet: EC2 Linux instance (adduser --disabled-password, visudo, usermod -aG www-data)',
	facts: {accounts},
	questions: z.strictObject({
		persons: z
			.array(
				z.strictObject({
					login: unixName().meta({title: 'Login', example: 'ada'}),
					keys: z
						.array(publicKey())
						.min(1)
						.meta({title: 'Public keys', help: 'Added to those that are there.', example: ['ssh-ed25519 AAAAC3Nz…']}),
				}),
			)
			.default([])
			.refine(list => new Set(list.map(one => one.login)).size === list.length, {error: 'has a login twice'})
			.meta({
				title: 'People',
				help: 'Who runs setup keeps the way in that they have, whether or not they are named here.',
				from: 'setup',
			}),
		sudo: z.enum(['without password', 'with password', 'no']).default('without password').meta({
			title: 'sudo',
			help: "A password that nobody types is none: who logs in by key alone has none to give. 'with password' is for hosts where people set one; then they join the group sudo and no rule is written.",
			from: 'guide',
		}),
	}),
	resources: ({persons, sudo}, {facts: {accounts: known}}) => {
		if (persons.length === 0) return [];
		const rules = persons.map(({login}) => ({rule: `${login} ALL=NOPASSWD: ALL`}));
		return [
			...(sudo === 'no'
				? []
				: [
						aptPackages(
							{names: ['sudo']},
							{
								id: 'apt:sudo',
								needs: ['done:requirements', 'done:dpkg-consistent'],
								provides: ['path:/etc/sudoers.d', 'group:sudo'],
							},
						),
					]),
			...persons.flatMap(({login, keys}) => {
				// Who is there already has a home and a group that nobody asked setup for.
				const there = known.users.get(login);
				const folder = `${there?.home ?? homeOf(login)}/.ssh`;
				const group = [...known.groups.values()].find(one => one.gid === there?.gid)?.name ?? login;
				const owner = `${login}:${group}`;
				return [
					person({name: login, groups: [...(sudo === 'no' ? [] : ['sudo']), 'www-data']}),
					directory({path: folder, mode: 0o700, owner}),
					edit({
						path: `${folder}/authorized_keys`,
						format: 'authorized_keys',
						create: '',
						settings: keys.map(key => ({key})),
						mode: 0o600,
						owner,
					}),
				];
			}),
			...(sudo === 'without password'
				? [
						edit(
							{
								path: sudoersFile,
								format: 'sudoers',
								create: '',
								settings: rules,
								mode: 0o440,
								owner: 'root:root',
								check: draft => ['/usr/sbin/visudo', '--check', '--strict', `--file=${draft}`],
							},
							{needs: ['package:sudo', ...persons.map(({login}) => `user:${login}` as const)]},
						),
					]
				: []),
		];
	},
});
