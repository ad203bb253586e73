/** `setup rehearse FILE`: the same install by the same engine, for real, in a throw-away copy of this host, which then goes. */
import {resolveSecrets} from '#answers/secrets/secrets.ts';
import type {Item} from '#engine/order.ts';
import {programRoot} from '#host/files/own-program.ts';
import {createReader} from '#host/reader.ts';
import type {Listener} from '#model/event.ts';
import {printableJson} from '#model/printable.ts';
import type {Stack} from '#model/step.ts';
import {base} from '#rehearse/base.ts';
import {closeKept} from '#rehearse/network/network-guard.ts';
import {keepNumbersApart} from '#rehearse/numbers-apart.ts';
import {bring} from '#rehearse/program.ts';
import {serversOfHost} from '#rehearse/servers/servers-of-host.ts';
import {openHost, type ThrowAway} from '#rehearse/throwaway.ts';
import {ndjson} from '#report/ndjson.ts';
import {rehearsalText} from '#report/rehearsal-text.ts';
import {runText} from '#report/run-text.ts';
import {stepTimes} from '#report/step-times.ts';
import {styleFor} from '#report/style.ts';
import {openStack} from '#tasks/open-stack.ts';
import type {Output} from '#tasks/output.ts';
import {applyInside, putAnswers} from './inside.ts';
import {bindsFor, outgoingFor} from './reach.ts';
import {prepareHost} from './rehearsal-needs.ts';

export type RehearseOptions = {
	readonly set: readonly string[];
	readonly format: 'text' | 'ndjson';
	readonly base?: string;
	readonly keep: boolean;
	readonly yes: boolean;
};

/** Gives what the apply inside gave: 0, 1 or 130. Whatever happens, nothing stays mounted or running, unless --keep. */
export const rehearseCommand = async (file: string, options: RehearseOptions, out: Output): Promise<number> => {
	const {stack, loaded, items} = await openStack(file, options.set, createReader());
	await resolveSecrets(loaded, {mode: 'plan'});
	await prepareHost(options, out);
	const style = styleFor(out.stdout);
	const show: Listener =
		options.format === 'ndjson' ? ndjson(text => out.stdout.write(text)) : runText(out.stdout, style);
	const note = (line: string): void => show({type: 'note', line});
	const stop = new AbortController();
	const interrupt = (): void => stop.abort();
	process.once('SIGINT', interrupt).once('SIGTERM', interrupt).on('SIGHUP', interrupt);
	note(
		options.base === undefined
			? `Rehearsing ${stack.title} in a throw-away copy of this host: nothing here changes`
			: `Rehearsing ${stack.title} on a fresh ${options.base}: nothing here changes`,
	);
	note(willTake(stack));
	const lower =
		options.base === undefined ? ('host' as const) : [await base(options.base, {onLine: line => note(`    ${line}`)})];
	const resources = await items();
	const databases =
		options.base === undefined ? await serversOfHost(createReader()) : {servers: [], unread: [] as readonly string[]};
	const host = await openHost({
		lower,
		keep: options.keep,
		network: {allow: outgoingFor(loaded)},
		unmask: unitsOf(resources),
		servers: databases.servers,
		binds: [bring(programRoot()), ...(options.base === undefined ? [] : bindsFor(loaded))],
	});
	try {
		for (const line of aboutDatabases(host, databases.unread)) note(line);
		if (options.base !== undefined) keepNumbersApart(host.root);
		putAnswers(host, loaded, options.base !== undefined);
		const times = stepTimes();
		const code = await applyInside(host, loaded, {
			show(event) {
				times.listen(event);
				show(event);
			},
			signal: stop.signal,
			strange: line => out.stderr.write(`${line}\n`),
		});
		const changes = await host.changes();
		if (options.format === 'ndjson')
			out.stdout.write(`${printableJson({type: 'rehearsal', code, steps: times.steps(), changes})}\n`);
		else out.stdout.write(rehearsalText({code, steps: times.steps(), changes}, style));
		// A note is one line: what would end it is shown, not obeyed.
		if (options.keep) {
			note(`It stays up. Enter it with:  ${host.shell().map(quoted).join(' ')}`);
			note(`Its address is ${host.address}; end it with:  setup rehearse --end ${host.name}`);
		}
		return stop.signal.aborted ? 130 : code;
	} finally {
		if (!options.keep) await host.close();
		process.off('SIGINT', interrupt).off('SIGTERM', interrupt).off('SIGHUP', interrupt);
	}
};

/** So that nobody waits for it unawares. */
const willTake = ({measured, needs}: Stack): string =>
	measured === undefined
		? `It really installs: it takes the time and the downloads of an install${needs === undefined ? '' : `, and some ${gigabytes(needs.diskMiB)} of disk for as long`}`
		: `It really installs: about ${Math.ceil(measured.seconds / 60)} minutes, ${measured.downloadMiB} MB of downloads, ${gigabytes(measured.diskMiB)} of disk for as long (an install on ${measured.on})`;

const gigabytes = (mebibytes: number): string => `${(mebibytes / 1024).toFixed(1)} GB`;

/** What the copy has in the place of this host's databases. */
const aboutDatabases = ({fresh, held}: ThrowAway, unread: readonly string[]): readonly string[] => {
	const running = fresh.filter(({off}) => off === undefined).map(({name}) => name);
	return [
		...(running.length === 0
			? []
			: [
					`${running.join(', ')}: in the copy on fresh, empty data, with this host's version and configuration; its own data are not opened`,
				]),
		...fresh.flatMap(({name, off}) =>
			off === undefined
				? []
				: [`${name} stays off in the copy: it could not be started on fresh data there (${off}). ${elsewhere}`],
		),
		...held.map(unit => `${unit} holds data of this host, and stays off in the copy. ${elsewhere}`),
		...unread.map(why => `A database server of this host could not be looked at (${why}). ${elsewhere}`),
	];
};

const elsewhere = 'What needs it cannot be told there; --base RELEASE rehearses on a fresh system.';

/** Ends one that was kept. Gives 0. */
export const endRehearsal = async (name: string, out: Output): Promise<number> => {
	await closeKept(name);
	out.stdout.write(`${name} is gone.\n`);
	return 0;
};

/** The units that the plan itself starts, which therefore may start in a copy where all others are masked. */
const unitsOf = (items: readonly Item[]): readonly string[] =>
	items.flatMap(({resource}) =>
		(resource.provides ?? []).filter(thing => thing.startsWith('unit:')).map(thing => thing.slice('unit:'.length)),
	);

/** A word as a shell takes it, for a line that the operator pastes. */
const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
