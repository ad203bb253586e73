/** A backup that was never made, is made no more, or was never put back is noticed on the day it is needed. What setup remembers tells it: the store is not opened. */
import {textOf} from '#host/files/text-of.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Fact, Reader} from '#model/host.ts';

const state = '/var/lib/host-setup';
const day = 86_400_000;
/** Days that a backup may be old: with a timer that makes one each night, and without. */
const ages = {timer: 2, hand: 8} as const;
const provenFor = 92;

const kinds = defineKinds({
	none: {
		state: 'warn',
		example: {stacks: ['ipynbsrv']},
		says: ({stacks}) => `no backup was ever made of ${stacks.join(', ')}`,
		remedy: {
			sentence:
				'Make a store (setup backup init --to REPOSITORY, on another disk or another host), put its password into a safe, and save into it.',
		},
	},
	old: {
		state: 'warn',
		example: {days: 12, most: 8},
		says: ({days, most}) => `the last backup is ${days} days old, and it may be ${most}`,
		remedy: {sentence: 'Make one now, and see what keeps it from being made.', commands: [['setup', 'backup', 'now']]},
	},
	failed: {
		state: 'warn',
		example: {code: 'backup.no-room'},
		says: ({code}) => `the last try to make a backup failed (${code})`,
		remedy: ({code}) => ({
			sentence: `setup explain ${code} says what to do; setup log says what happened.`,
			commands: [['setup', 'explain', code]],
		}),
	},
	gone: {
		state: 'fail',
		example: {place: '/var/backups/host-setup'},
		says: ({place}) => `there is no store of backups at ${place} any more`,
		remedy: ({place}) => ({
			sentence: `Mount what ${place} lies on; where it is lost, name another store (setup backup init --to REPOSITORY) and save into it.`,
		}),
	},
	refuted: {
		state: 'fail',
		example: {why: 'the database came back with other rows than were saved'},
		says: ({why}) => `the last backup that was tried could not be put back: ${why}`,
		remedy: {
			sentence: 'Mend what it says, make a backup and have it proven.',
			commands: [
				['setup', 'backup', 'now'],
				['setup', 'backup', 'prove', '--yes'],
			],
		},
	},
	partial: {
		state: 'warn',
		example: {unsaved: ['the MariaDB database WebLab'] as readonly string[]},
		says: ({unsaved}) =>
			`not in the backups of setup: ${unsaved.slice(0, 4).join(', ')}${unsaved.length > 4 ? ` and ${unsaved.length - 4} more` : ''}`,
		remedy: {
			sentence:
				'Save it by its own means (mariadb-dump, mongodump, what the other host has), each night and on another host; waive this where that is done.',
		},
	},
	unproven: {
		state: 'warn',
		example: {days: null as number | null},
		says: ({days}) =>
			days === null
				? 'no backup was ever put back to see that it can be'
				: `the last backup that was put back is of ${days} days ago`,
		remedy: {
			sentence: 'Have the newest put back in a throw-away copy of this host; nothing here changes by it.',
			commands: [['setup', 'backup', 'prove', '--yes']],
		},
	},
});

type Remembered = {
	readonly place?: string;
	readonly last?: {readonly at: string; readonly unsaved?: readonly string[]};
	readonly failed?: {readonly at: string; readonly code: string};
	readonly proof?: {readonly at: string; readonly passed: boolean; readonly why?: string};
};

/** Which stacks stand, and what is remembered of their backups. */
const backups: Fact<{readonly stacks: readonly string[]; readonly remembered: Remembered | undefined}> = {
	id: 'backups',
	async read(host) {
		const installed = await jsonOf(host, `${state}/state.json`);
		return {
			stacks: Object.keys((installed?.['installed'] as object | undefined) ?? {}),
			remembered: (await jsonOf(host, `${state}/backup.json`)) as Remembered | undefined,
		};
	},
};

export const check = defineCheck({
	id: 'backup.state',
	title: 'What cannot be made again is saved, and was seen to come back',
	why: 'A stack is installed again in minutes; its databases, its directory and its files are not. A backup that nobody makes, or that was never put back, is missed when it is needed.',
	reads: [
		`${state}/state.json: which stacks are installed`,
		`${state}/backup.json: the store, the last backup, the last proof, as setup backup left them`,
		'the file config of a store that is a directory of this host: that it is there',
		'/etc/systemd/system/host-setup-backup.timer: that it is there',
	],
	severity: 'warn',
	layers: ['file'],
	source: 'docs/backup.md',
	verify: 'setup backup list shows the snapshots; setup backup prove puts the newest back in a copy.',
	facts: {backups},
	kinds,
	appliesTo: ({facts: {backups: found}}) => found.stacks.length > 0 || 'no stack of setup is installed',
	async inspect({host, facts, now}) {
		const {stacks, remembered} = facts.backups;
		const where = `${state}/backup.json`;
		const sight = (value: string) => ({expected: 'saved and proven', layers: {file: {value, where}}});
		if (remembered?.last === undefined && remembered?.failed === undefined)
			return [{...sight('no backup'), is: 'none', data: {stacks: [...stacks]}}];
		const {place = '', last, failed, proof} = remembered;
		if (place.startsWith('/') && (await host.stat(`${place}/config`)) === undefined)
			return [{...sight('no store'), is: 'gone', data: {place}}];
		if (last === undefined || (failed !== undefined && failed.at > last.at))
			return [{...sight('failed'), is: 'failed', data: {code: failed?.code ?? ''}}];
		const most =
			(await host.stat('/etc/systemd/system/host-setup-backup.timer')) === undefined ? ages.hand : ages.timer;
		const days = Math.floor((now - Date.parse(last.at)) / day);
		if (days > most) return [{...sight(`of ${last.at}`), is: 'old', data: {days, most}}];
		if (proof !== undefined && !proof.passed)
			return [{...sight('not proven'), is: 'refuted', data: {why: (proof.why ?? '').slice(0, 300)}}];
		const proven = proof === undefined ? null : Math.floor((now - Date.parse(proof.at)) / day);
		const partial: readonly FoundOf<typeof kinds>[] =
			last.unsaved === undefined || last.unsaved.length === 0
				? []
				: [{...sight('in part'), item: 'unsaved', is: 'partial', data: {unsaved: last.unsaved}}];
		if (proven === null || proven > provenFor)
			return [{...sight('not proven'), is: 'unproven', data: {days: proven}}, ...partial];
		return findings<FoundOf<typeof kinds>>(partial, {
			...sight('saved and proven'),
			is: 'ok',
			says: `last backup ${ago(days)}, last put back ${ago(proven)}`,
		});
	},
});

const ago = (days: number): string => (days === 0 ? 'today' : days === 1 ? 'a day ago' : `${days} days ago`);

/** What is there and is no JSON tells nothing here: setup backup says so itself. */
const jsonOf = async (host: Reader, path: string): Promise<Readonly<Record<string, unknown>> | undefined> => {
	try {
		const value: unknown = JSON.parse((await textOf(host, path)) ?? '{}');
		return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
};
