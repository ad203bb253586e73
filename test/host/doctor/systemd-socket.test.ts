/** What systemd says over its socket is what systemctl prints, for every unit there is and for some that there are not; and systemctl is asked where the socket does not answer. */
import {expect} from 'vitest';
import type {BothWays} from '../../../fixtures/doctor/both-ways.ts';
import {bringProgram, lightHost, node} from '../support/light.ts';
import {hostTest} from '../support/with-host.ts';
import {put} from './support/inside.ts';

const program = '/opt/both-ways.mjs';
const properties =
	'Id,LoadState,ActiveState,SubState,Result,UnitFileState,NeedDaemonReload,ActiveEnterTimestampMonotonic,StateChangeTimestampMonotonic,MainPID,Type,FragmentPath,SourcePath,DropInPaths,After';

const failing = '[Service]\nExecStart=/bin/false\n';
const dropIn = '[Unit]\nDescription=one with a drop-in, é\n';

hostTest('systemd gives the same answers over its socket as through systemctl', lightHost, async host => {
	await bringProgram(host, 'fixtures/doctor/both-ways.ts', program);
	await put(host, '/etc/systemd/system/fails@.service', failing);
	await put(host, '/etc/systemd/system/fails-too.service', failing);
	await put(host, '/etc/systemd/system/7 is\\x20odd.service', failing);
	await host.must(['mkdir', '/etc/systemd/system/systemd-journald.service.d']);
	await put(host, '/etc/systemd/system/systemd-journald.service.d/a b.conf', dropIn);
	await host.must(['systemctl', 'daemon-reload']);
	await host.run(['systemctl', 'start', 'fails@one-and.two.service', 'fails-too.service']);
	// Changed since systemd read it.
	await put(host, '/etc/systemd/system/fails-too.service', `${failing}#\n`);
	const both = async (argvs: readonly (readonly string[])[]): Promise<readonly BothWays[]> =>
		JSON.parse(await host.must([node, program], {stdin: JSON.stringify(argvs)})) as readonly BothWays[];
	const listed = await host.must(['systemctl', 'list-units', '--all', '--plain', '--no-legend', '--no-pager']);
	const files = await host.must(['systemctl', 'list-unit-files', '--plain', '--no-legend', '--no-pager']);
	const units = [listed, files]
		.flatMap(text => text.split('\n').map(line => line.trim().split(/\s+/)[0] ?? ''))
		.filter(name => /\.\w+$/.test(name) && !/@\./.test(name));
	const show = (...names: readonly string[]): readonly string[] => [
		...['systemctl', 'show', '--no-pager', `--property=${properties}`, '--'],
		...names,
	];

	const each = [...new Set([...units, 'no-such.service', 'no-such.timer', '7nothing.service', 'fails@none.service'])];
	const told = await both(each.map(name => show(name)));
	// A word that is printed with quotes or escapes is left to systemctl.
	const plain = told.filter(({theirs}) => !/^(DropInPaths|After)=.*["\\]/m.test(theirs));
	for (const {argv, ours, theirs} of plain) {
		expect(ours, argv.at(-1)).not.toBeNull();
		expect(blocksOf(ours ?? ''), argv.at(-1)).toEqual(blocksOf(theirs));
	}
	expect(plain.length).toBeGreaterThan(60);
	expect(told.find(({argv}) => argv.at(-1) === 'systemd-journald.service')?.ours).toBeNull();
	expect(told.some(({ours}) => /Result=exit-code/.test(ours ?? ''))).toBe(true);
	expect(told.some(({ours}) => /NeedDaemonReload=yes/.test(ours ?? ''))).toBe(true);

	const [several, failed, value, odd, guessed, foreign] = await both([
		show('dbus.service', 'no-such.service', 'fails-too.service'),
		['systemctl', 'list-units', '--state=failed', '--all', '--plain', '--no-legend', '--no-pager'],
		['systemctl', 'show', '--property=ActiveState', '--value', 'systemd-tmpfiles-setup.service'],
		['systemctl', 'show', '--property=Id', '--', '7 is odd.service'],
		['systemctl', 'show', '--property=Id', '--', 'systemd-journald'],
		['systemctl', 'show', '--property=ExecStart', '--', 'systemd-journald.service'],
	]);
	expect(blocksOf(several?.ours ?? '')).toEqual(blocksOf(several?.theirs ?? ''));
	expect(namesOf(failed?.ours)).toEqual(namesOf(failed?.theirs));
	expect(namesOf(failed?.ours).flat()).toContain('fails@one-and.two.service');
	expect(value?.ours).toBe(value?.theirs);
	for (const left of [odd, guessed, foreign]) expect(left?.ours, left?.argv.join(' ')).toBeNull();

	await host.must(['mv', '/run/systemd/private', '/run/systemd/elsewhere']);
	expect((await both([show('fails-too.service')]))[0]?.ours).toBeNull();
});

/** systemctl has an order of its own for properties, and systemd none for the units of After. */
const blocksOf = (text: string): readonly (readonly string[])[] =>
	text
		.trim()
		.split(/\n\n+/)
		.map(block => block.split('\n').map(inOrder).toSorted());

const inOrder = (line: string): string =>
	line.startsWith('After=') ? line.slice(6).split(' ').toSorted().join(' ') : line;

/** Columns are as wide as the longest name. */
const namesOf = (text: string | null | undefined): readonly (readonly string[])[] =>
	(text ?? '')
		.trim()
		.split('\n')
		.map(line => line.trim().split(/\s+/));
