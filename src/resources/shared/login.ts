/** A login that proves that a database is usable, over TCP as the application does it. Nothing is changed by it; an apply waits for a server that has just been started. */
import {setTimeout as pause} from 'node:timers/promises';
import type {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import type {ResourceType} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';

type LoginSpec = {readonly host: string; readonly port: number; readonly user: string; readonly database: string};
export type LoginState = {readonly works: true} | {readonly works: false; readonly why: string};

export type LoginKind<Spec> = {
	readonly name: string;
	/** Milliseconds for a server that has just been started. */
	readonly patience: number;
	/** On the running host; a server that is somebody else's it throws as Blocked 'unsafe'. */
	attempt(spec: Spec, host: Reader): Promise<LoginState>;
	/** What is said when it does not work in time: `says` has who, where and why. */
	fault(says: string): Fault;
};

/** The resource type of such logins, whatever the server. */
export const loginType = <Spec extends LoginSpec>(kind: LoginKind<Spec>): ResourceType<Spec, LoginState> => {
	const {name, patience, fault} = kind;
	const attempt = async (spec: Spec, host: Reader): Promise<LoginState> => {
		if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'a login needs the running server'});
		return kind.attempt(spec, host).catch((error: unknown) => {
			if (error instanceof Blocked && error.why.because === 'unsafe') return {works: false, why: error.why.need};
			throw error;
		});
	};
	return {
		name,
		inspect: attempt,
		diff: ({user, database, host, port}, state) =>
			state !== 'absent' && state.works
				? []
				: [
						{
							what: `login of ${user} to ${database} at ${host}:${port}`,
							from: state === 'absent' ? null : state.why,
							to: 'works',
						},
					],
		undoOf: () => ({can: true, record: null}),
		async apply(spec, _state, _changes, host) {
			const deadline = performance.now() + patience;
			for (;;) {
				const now = await attempt(spec, host);
				if (now.works) return;
				if (performance.now() > deadline)
					throw fault(
						`${spec.user} cannot log in to the database ${spec.database} at ${spec.host}:${spec.port}: ${now.why}`,
					);
				await pause(500);
			}
		},
		undo: async () => ({outcome: 'already'}),
	};
};
