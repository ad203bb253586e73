/** The smallest runner that keeps the engine's promises to a type: look, keep the undo record, act, look again until it settles. */
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {createHost} from '#host/live.ts';
import {createReader} from '#host/reader.ts';
import {faultData} from '#model/fault.ts';
import type {Host, Reader} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import type {Look, Resource, Undone} from '#model/resource.ts';
import {typeNamed} from '#resources/registry.ts';

/** As a journal holds it. */
export type Done = {
	readonly type: string;
	readonly id: string;
	readonly record: Json;
	readonly kept: readonly string[];
	readonly can: boolean;
	readonly threw?: true;
};

export type Bench = {
	reader(): Reader;
	host(): Host;
	/** Looks, applies when there is something to do, looks again; gives what it did. Throws when it does not converge. */
	converge(resource: Resource, wrap?: (host: Host) => Host): Promise<readonly Done[]>;
	undo(done: readonly Done[], options: {readonly purge?: true; readonly purgeData?: true}): Promise<readonly Undone[]>;
	/** Everything told to the events so far, as JSON lines. */
	told(): readonly string[];
};

export const createBench = (state: string): Bench => {
	const events: string[] = [];
	const host = (): Host =>
		createHost({
			reader: createReader(),
			state: join(state, 'state'),
			id: 'conformance',
			emit: event => events.push(JSON.stringify(event)),
		});

	return {
		reader: () => createReader(),
		host,
		async converge(resource, wrap) {
			const look = await resource.look(createReader());
			if (look.state === 'ok') return [];
			if (look.state !== 'change') throw new Error(`${resource.id} is ${JSON.stringify(look)}`);
			const acting = host();
			const kept = look.undo.can ? await Promise.all((look.undo.keep ?? []).map(content => acting.stash(content))) : [];
			const done: Done = {
				type: resource.type,
				id: resource.id,
				record: look.undo.can ? look.undo.record : null,
				kept,
				can: look.undo.can,
			};
			try {
				await act(look, wrap ? wrap(acting) : acting);
			} catch (error) {
				if (!wrap || !(error instanceof Error) || !error.message.includes('thrown on purpose')) throw error;
				events.push(JSON.stringify(faultData(error)));
				return [{...done, threw: true}];
			}
			await settled(resource, look.settle);
			return [done];
		},
		async undo(done, {purge = false, purgeData = false}) {
			const results: Undone[] = [];
			for (const {type, record, kept, can} of done.toReversed()) {
				if (!can) throw new Error(`${type} says that it cannot be undone`);
				const acting = host();
				const bytes = await Promise.all(kept.map(async hash => (await acting.unstash(hash))!));
				const result = await typeNamed(type)!.undo(JSON.parse(JSON.stringify(record)), acting, {
					kept: bytes,
					purge,
					purgeData,
				});
				events.push(JSON.stringify(result));
				results.push(result);
			}
			return results;
		},
		told: () => events,
	};
};

const act = (look: Look & {readonly state: 'change'}, host: Host): Promise<void> =>
	look.batch ? look.batch.run([look.batch.part], host) : look.apply(host);

const settled = async (resource: Resource, seconds: number): Promise<void> => {
	const deadline = performance.now() + seconds * 1000;
	for (;;) {
		const look = await resource.look(createReader());
		if (look.state === 'ok') return;
		if (performance.now() >= deadline)
			throw new Error(
				`${resource.id} did not converge: ${JSON.stringify(look.state === 'change' ? look.changes : look)}`,
			);
		await pause(200);
	}
};
