/** MongoDB asks nobody for a password until it is told to: creating a user, as the guide does, is not enough. */

import {mongoFile} from '#host/mongodb/file.ts';
import type {MongoFile} from '#host/mongodb/mongo-file.ts';
import {mongoNow} from '#host/mongodb/now.ts';
import {ifTold, isSeen, see, there} from '#host/see.ts';
import {isInContainersGroup, processTable, serviceOf} from '#host/system/process-table.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, type Remedy, type Seen} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {Blocked, type Unknown} from '#model/unknown.ts';

const closeIt: Remedy = {
	sentence:
		'Create a user for each application and one that may administrate, write security.authorization: enabled into its file (auth = true in the older form), then restart it. What logs in without a password stops working.',
};

const kinds = defineKinds({
	stillOpen: {
		state: 'fail',
		says: 'changed in the file, not in the process: it still asks nobody for a password',
		remedy: {sentence: 'Restart MongoDB, when every application that uses it has a user and its password.'},
	},
	open: {state: 'fail', says: 'asks nobody for a password', remedy: closeIt},
	openNext: {
		state: 'fail',
		says: 'changed in the file, not in the process: from its next start it asks nobody for a password',
		remedy: {sentence: 'Write security.authorization: enabled into its file again (auth = true in the older form).'},
	},
	openByFile: {state: 'fail', says: 'asks nobody for a password, by its file', remedy: closeIt},
});

export const check = defineCheck({
	id: 'mongodb.authentication',
	title: 'MongoDB asks for a password',
	why: 'Without security.authorization every account of the host, and everybody who reaches the port, reads and deletes every database. The guide creates a user with a password, which MongoDB does not ask for until authorization is on.',
	reads: [
		'/etc/mongod.conf: security.authorization, security.keyFile (/etc/mongodb.conf: auth, keyFile)',
		'the options of the running mongod',
		'its answer to listDatabases without a login',
	],
	severity: 'fail',
	layers: ['file', 'runtime'],
	requires: ['mongodb.running'],
	source: 'CC-Server guide, "MongoDB" (user ccdbAdmin); MongoDB manual, "Enable Access Control"',
	verify: "mongosh --quiet --eval 'db.adminCommand({listDatabases: 1})' says: requires authentication",
	facts: {file: mongoFile, now: mongoNow},
	kinds,
	appliesTo: ({facts}) => (facts.file !== 'absent' ? there(facts, ['file', 'now']) : 'MongoDB is not installed'),
	async inspect({host, facts}) {
		const file = await see(() => written(facts.file, host));
		const runtime = await see(() => {
			const {open, refusal, place} = facts.now;
			return {
				value: open ? 'lists its databases to everybody' : (refusal ?? 'asks for a login'),
				where: `listDatabases on ${place}, without a login`,
			};
		});
		return [judged(file, runtime, isSeen(runtime) ? facts.now.open : undefined)];
	},
});

const on = 'enabled';

const written = async (file: MongoFile, host: Reader): Promise<Seen> => {
	if (file.broken !== undefined) throw new Blocked({because: 'unreadable', need: `${file.path}: ${file.broken}`});
	const key = file.settings.get('security.keyFile');
	const line = file.settings.get('security.authorization');
	if (line?.value === on || (line === undefined && key === undefined)) {
		const words = line === undefined ? await commandLine(host) : undefined;
		return words ?? {value: line?.value ?? 'disabled', where: line?.where ?? `${file.path}: not given, so the default`};
	}
	// Members of a replica set that know each other by a key ask everybody else to log in.
	return key === undefined ? {value: line!.value, where: line!.where} : {value: on, where: `${key.where} (keyFile)`};
};

const commandLine = async (host: Reader): Promise<Seen | undefined> => {
	const table = await ifTold(() => host.fact(processTable));
	const one = [...(table?.values() ?? [])].find(
		one =>
			/(^|\/)mongod$/.test(one.argv[0] ?? '') &&
			!isInContainersGroup(one) &&
			one.argv.some(word => /^--(auth|keyFile)\b/.test(word)) &&
			// What somebody else runs under that name says nothing of ours.
			['mongod.service', 'mongodb.service'].includes(serviceOf(one) ?? ''),
	);
	return one && {value: on, where: `/proc/${one.pid}/cmdline: ${one.argv.includes('--auth') ? '--auth' : '--keyFile'}`};
};

const judged = (file: Seen | Unknown, runtime: Seen | Unknown, open: boolean | undefined): FoundOf<typeof kinds> => {
	const inFile = isSeen(file) ? file.value === on : undefined;
	const sight = {expected: on, layers: {file, runtime}};
	if (open === true) return inFile === true ? {...sight, is: 'stillOpen'} : {...sight, is: 'open'};
	if (inFile === false) return open === false ? {...sight, is: 'openNext'} : {...sight, is: 'openByFile'};
	return {...sight, is: 'ok'};
};
