/** What a rehearsal may reach: the servers that the answers name, and on a base image the files of this host that they name. The questions say which answers do (`reads`). */
import {existsSync} from 'node:fs';
import type {Loaded} from '#answers/file/load.ts';
import {peel} from '#answers/questions/shape.ts';
import {leaves} from '#answers/resolve/answer-leaves.ts';
import {schemaAt, valueAt} from '#answers/resolve/check-answers.ts';
import type {Allow} from '#rehearse/network/network.ts';
import type {Bind} from '#rehearse/throwaway.ts';
import {ownDirectory} from '#tasks/stacks/own.ts';

/** Hosts of URLs, and of a host with the port beside it. */
export const outgoingFor = (loaded: Loaded): readonly Allow[] =>
	named(loaded, 'server').flatMap(({value, beside}) => {
		if (URL.canParse(value)) {
			const {hostname, port, protocol} = new URL(value);
			const number = Number(port || usual[protocol]);
			return hostname !== '' && number > 0 ? [{host: hostname, port: number}] : [];
		}
		const port = beside('port');
		return typeof port === 'number' ? [{host: value, port}] : [];
	});

/** Files and directories of this host, seen read-only inside; a stack of the operator's own is known there as well. */
export const bindsFor = (loaded: Loaded): readonly Bind[] => {
	const paths = [
		ownDirectory,
		...named(loaded, 'path').map(({value}) => value),
		...loaded.secrets.flatMap(({ref}) => ('file' in ref ? [ref.file] : [])),
	];
	return [...new Set(paths)]
		.filter(path => path.startsWith('/') && existsSync(path))
		.map(path => ({from: path, to: path, readOnly: true}));
};

const usual: Readonly<Record<string, number>> = {'ldap:': 389, 'ldaps:': 636, 'ssh:': 22, 'https:': 443, 'http:': 80};

type Named = {readonly value: string; readonly beside: (key: string) => unknown};

/** Answers in text whose question reads that. What may be either, a path or a URL, is a server where it is a URL. */
const named = ({stack, inputs}: Loaded, reads: 'path' | 'server'): readonly Named[] =>
	stack.steps.flatMap(({id, questions}) =>
		leaves(questions, inputs[id], []).flatMap(({path, value}) => {
			const schema = schemaAt(questions, inputs[id], path);
			const said = schema && peel(schema).meta.reads;
			if (typeof value !== 'string' || said === undefined) return [];
			const is = said === 'path' && URL.canParse(value) ? 'server' : said;
			return is === reads ? [{value, beside: (key: string) => valueAt(inputs[id], [...path.slice(0, -1), key])}] : [];
		}),
	);
