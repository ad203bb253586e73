/**
 * The questions that `systemctl` is asked most, answered over systemd's socket in the words that systemctl has for them: whoever asks need not know.
 * What is not exactly one of them, and every host where the socket gives no answer, is systemctl's.
 */
import type {Ran} from '#model/host.ts';
import {type AskOptions, askSystemd} from './ask.ts';
import type {Call, Reply, Value} from './message.ts';

/** What such an argv gives; undefined where systemctl is to be asked. */
export const systemctlBySocket = async (
	argv: readonly string[],
	options: AskOptions = {},
): Promise<Ran | undefined> => {
	if (argv[0] !== 'systemctl' || process.geteuid?.() !== 0) return undefined;
	const stdout = argv.join(' ') === failedUnits.join(' ') ? await failed(options) : await shown(argv, options);
	return stdout === undefined ? undefined : {code: 0, stdout, stderr: ''};
};

const manager = 'org.freedesktop.systemd1';

/** The one list that is asked for. */
const failedUnits = ['systemctl', 'list-units', '--state=failed', '--all', '--plain', '--no-legend', '--no-pager'];

const failed = async (options: AskOptions): Promise<string | undefined> => {
	const call: Call = {
		path: '/org/freedesktop/systemd1',
		from: `${manager}.Manager`,
		member: 'ListUnitsByPatterns',
		given: [['failed'], []],
	};
	const [units] = (await askSystemd([call], options))?.[0]?.values ?? [];
	if (!Array.isArray(units)) return undefined;
	// Name, description, then the states of load, activity and detail.
	return units
		.map(
			([name, description, ...states]: readonly Value[]) => `${[name, ...states.slice(0, 3), description].join(' ')}\n`,
		)
		.sort()
		.join('');
};

/** Which interface has a property: all units have those of Unit; the others are of one kind, with the name of the kind. */
const properties: Readonly<Record<string, 'Unit' | readonly string[]>> = {
	Id: 'Unit',
	LoadState: 'Unit',
	ActiveState: 'Unit',
	SubState: 'Unit',
	UnitFileState: 'Unit',
	NeedDaemonReload: 'Unit',
	ActiveEnterTimestampMonotonic: 'Unit',
	StateChangeTimestampMonotonic: 'Unit',
	FragmentPath: 'Unit',
	SourcePath: 'Unit',
	DropInPaths: 'Unit',
	After: 'Unit',
	Result: ['service', 'socket', 'timer', 'mount', 'path', 'swap', 'scope', 'automount'],
	Type: ['service', 'mount'],
	MainPID: ['service'],
};

/** `systemctl show [--no-pager] --property=A,B [--property=C] [--value] [--] UNIT...` */
const shown = async (argv: readonly string[], options: AskOptions): Promise<string | undefined> => {
	if (argv[1] !== 'show') return undefined;
	const words = argv.slice(2).filter(word => word !== '--no-pager' && word !== '--');
	const asked = words.flatMap(word => (word.startsWith('--property=') ? word.slice(11).split(',') : []));
	const bare = words.includes('--value');
	const units = words.filter(word => word !== '--value' && !word.startsWith('--property='));
	if (units.length === 0 || asked.length === 0 || (bare && asked.length > 1)) return undefined;
	if (!units.every(unit => unitName.test(unit)) || !asked.every(name => Object.hasOwn(properties, name)))
		return undefined;
	const calls = units.flatMap(unit => asked.flatMap(name => callFor(unit, name)));
	const replies = await askSystemd(
		calls.map(({call}) => call),
		options,
	);
	if (replies === undefined || !replies.every(isAnswer)) return undefined;
	const blocks = units.map(unit =>
		calls
			.flatMap(({unit: of, name}, at) =>
				of === unit ? [bare ? textOf(replies[at]) : `${name}=${textOf(replies[at])}`] : [],
			)
			.join('\n'),
	);
	return `${blocks.join('\n\n')}\n`;
};

/** A whole name: what systemctl would guess at is left to it. */
const unitName = /^[\w@.:\\-]+\.(service|socket|timer|mount|path|swap|scope|automount|target|slice|device)$/;

const callFor = (unit: string, name: string): readonly {unit: string; name: string; call: Call}[] => {
	const kind = unit.slice(unit.lastIndexOf('.') + 1);
	const place = properties[name];
	if (place !== 'Unit' && !place?.includes(kind)) return [];
	const type = place === 'Unit' ? 'Unit' : `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
	const call = {
		path: unitPath(unit),
		from: 'org.freedesktop.DBus.Properties',
		member: 'Get',
		given: [`${manager}.${type}`, name],
	};
	return [{unit, name, call}];
};

/** systemd's own way to make a name part of a path. */
export const unitPath = (unit: string): string =>
	`/org/freedesktop/systemd1/unit/${[...Buffer.from(unit)]
		.map((byte, at) => {
			const letter = String.fromCharCode(byte);
			return /[A-Za-z]/.test(letter) || (at > 0 && /\d/.test(letter))
				? letter
				: `_${byte.toString(16).padStart(2, '0')}`;
		})
		.join('')}`;

const isAnswer = ({values}: Reply): boolean => values?.length === 1 && isPlain(values[0]);
/** Lists are printed with quotes around what would not be one word, by rules that changed with the releases. */
const isPlain = (value: Value | undefined): boolean =>
	value !== undefined &&
	(!Array.isArray(value) || value.every(one => typeof one === 'string' && /^[\w@%+=:,./-]+$/.test(one)));

const textOf = (reply: Reply | undefined): string => {
	const [value = ''] = reply?.values ?? [];
	if (typeof value === 'boolean') return value ? 'yes' : 'no';
	return Array.isArray(value) ? value.join(' ') : String(value);
};
