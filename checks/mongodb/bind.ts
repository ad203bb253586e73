/** A MongoDB that answers from outside and asks for no password is emptied and held to ransom within a day: robots look for it. */

import {mongoFile} from '#host/mongodb/file.ts';
import type {MongoFile} from '#host/mongodb/mongo-file.ts';
import {mongoPort} from '#host/mongodb/now.ts';
import {seeAs, there} from '#host/see.ts';
import {interfaces} from '#host/system/interfaces.ts';
import {listeners} from '#host/system/listeners.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds} from '#model/finding.ts';
import {Blocked} from '#model/unknown.ts';
import {edit} from '#resources/files/edit.ts';
import {unit} from '#resources/units/unit.ts';
import {type Bound, boundFinding, exampleExposure, exposureSays, exposureState} from '../shared/bound.ts';
import {kernelBound} from '../shared/kernel-bound.ts';

const kinds = defineKinds({
	open: {
		state: exposureState,
		/** `writable`: in the form that has an editor, with nothing that wins over what would be written. */
		example: {...exampleExposure, path: '/etc/mongod.conf', unit: 'mongod.service', writable: true},
		says: exposureSays,
		remedy: {
			sentence:
				'Write bindIp: 127.0.0.1 under net: in its file (bind_ip = 127.0.0.1 in the older form), with the address that applications use behind a comma, and restart it.',
		},
		fix: ({path, unit: name, writable}) =>
			writable
				? [
						edit(
							{path, format: 'yaml', settings: [{path: ['net', 'bindIp'], value: {text: ['127.0.0.1']}}]},
							{id: `edit:${path}:bindIp`},
						),
						unit({name, running: true, files: [path], notBefore: Date.now()}, {needs: [`path:${path}`]}),
					]
				: [],
	},
});

export const check = defineCheck({
	id: 'mongodb.bind',
	title: 'MongoDB answers only where it is meant to',
	why: 'The guide has CC-Server and MongoDB on one host. Before 3.6 mongod listened on every address unless told otherwise; since then bindIp: 0.0.0.0 is the advice that people find first.',
	reads: [
		'/etc/mongod.conf: net.bindIp, net.bindIpAll, net.port (/etc/mongodb.conf: bind_ip, port)',
		'/proc/net/tcp and tcp6: who listens on its port',
	],
	severity: 'fail',
	layers: ['file', 'kernel'],
	requires: ['mongodb.running'],
	source: 'CC-Server guide, "mongo" (host = localhost); MongoDB manual, "IP Binding"',
	verify: 'ss -ltn "sport = :27017"',
	facts: {file: mongoFile, listeners, interfaces},
	kinds,
	appliesTo: ({facts}) => (facts.file !== 'absent' ? there(facts, ['file']) : 'MongoDB is not installed'),
	async inspect({host, facts, expect}) {
		const mongo = facts.file;
		const file = await seeAs(() => fileBound(mongo));
		const kernel = await seeAs(() => kernelBound(host, () => facts.listeners, mongoPort(mongo)));
		const known = await seeAs(() => facts.interfaces);
		const {exposure, expected, layers} = boundFinding({
			layers: {file, kernel},
			known: 'because' in known ? new Map() : known,
			intended: expect.flat().map(String),
		});
		if (exposure === undefined) return [{expected, layers, is: 'ok'}];
		const {path, unit: name, yaml, settings} = mongo;
		const writable = yaml && settings.get('net.bindIpAll')?.value !== 'true';
		return [{expected, layers, is: 'open', data: {...exposure, path, unit: name, writable}}];
	},
});

const fileBound = ({settings, path, version, broken}: MongoFile): Bound => {
	if (broken !== undefined) throw new Blocked({because: 'unreadable', need: `${path}: ${broken}`});
	const all = settings.get('net.bindIpAll');
	if (all?.value === 'true') return {addresses: ['0.0.0.0'], seen: {value: 'all', where: all.where}};
	const line = settings.get('net.bindIp');
	const everywhere = Number(version ?? 99) < 3.6;
	const value = line?.value ?? (everywhere ? '0.0.0.0' : 'localhost');
	const addresses = value
		.split(',')
		.map(word => word.trim())
		.filter(word => word !== '' && !word.startsWith('/'))
		.map(word => (word === '*' ? '0.0.0.0' : word));
	return {addresses, seen: {value, where: line?.where ?? `${path}: not given, so the default`}};
};
