/** The proof that a server answers where others will ask for it: what it says on a connection of TCP, because a port that is open may still refuse everybody. */
import {connect} from 'node:net';
import {setTimeout as pause} from 'node:timers/promises';
import {Fault} from '#model/fault.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {withEdges} from '../shared/edges.ts';

export type TcpAnswersSpec = {
	/** For people: `Redis`. */
	readonly name: string;
	readonly host: string;
	readonly port: number;
	/** Said first; left out where the server begins. */
	readonly say?: string;
	/** What the answer begins with. */
	readonly expect: string;
};
export type TcpAnswersState = {readonly heard: string};

/** Nothing is changed by it. Provides `done:answers:NAME`. */
export const tcpAnswers = (spec: TcpAnswersSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		tcpAnswersType,
		withEdges(
			{
				id: `proof:tcp:${spec.host}:${spec.port}`,
				provides: [`done:answers:${spec.name}`],
				title: `${spec.name} answers at ${spec.host}:${spec.port}`,
			},
			edges,
		),
		spec,
	);

export const tcpAnswersType: ResourceType<TcpAnswersSpec, TcpAnswersState> = {
	name: 'tcp-answers',
	async inspect(spec, host) {
		if (host.root !== '/')
			throw new Blocked({because: 'offline-root', need: 'a server answers on the running host only'});
		return {heard: await hear(spec)};
	},
	diff: ({name, host, port, expect}, state) =>
		state !== 'absent' && state.heard.startsWith(expect)
			? []
			: [
					{
						what: `${name} at ${host}:${port}`,
						from: state === 'absent' ? null : state.heard.split(/[\r\n]/)[0]!.slice(0, 200),
						to: expect,
					},
				],
	undoOf: () => ({can: true, record: null}),
	async apply(spec) {
		for (const deadline = performance.now() + 20_000; ; await pause(300)) {
			const heard = await hear(spec);
			if (heard.startsWith(spec.expect)) return;
			if (performance.now() > deadline)
				throw new Fault(
					'proof.tcp',
					`${spec.name} does not answer at ${spec.host}:${spec.port} as it should`,
					`See its log, and on which addresses it listens (ss -ltn). It said: ${heard.split(/[\r\n]/)[0]!.slice(0, 200)}`,
				);
		}
	},
	undo: async () => ({outcome: 'already'}),
};

const patience = 3000;

/** The first bytes, or why there are none. */
const hear = ({host, port, say, expect}: TcpAnswersSpec): Promise<string> =>
	new Promise(done => {
		let heard = '';
		const socket = connect({host, port, timeout: patience});
		const end = (words: string): void => {
			socket.destroy();
			done(words);
		};
		socket
			.on('connect', () => {
				if (say !== undefined) socket.write(say);
			})
			.on('data', chunk => {
				heard += chunk.toString('latin1');
				if (heard.length >= expect.length) end(heard);
			})
			.on('timeout', () => end(heard || 'nothing'))
			.on('error', error => end(`(${(error as NodeJS.ErrnoException).code ?? 'no connection'})`))
			.on('close', () => end(heard || 'nothing'));
	});
