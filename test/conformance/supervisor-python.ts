/** Files for supervisor that nobody writes on purpose, and what its own parser makes of them: the measure of ours. */
import {execa} from 'execa';
import {readIni} from '#host/supervisor/python-ini.ts';

type Read = {
	readonly refused: boolean;
	readonly sections: Readonly<Record<string, Readonly<Record<string, string>>>> | undefined;
};

/** One or two files a case, the same at every call. */
export const hostileFiles = (count: number): readonly (readonly string[])[] => {
	let seed = 1;
	const below = (most: number): number => {
		seed = (seed * 1103515245 + 12345) % 2147483648;
		return Math.floor(seed / 65536) % most;
	};
	const file = (): string =>
		(below(4) === 0 ? '' : '[a]\n') +
		Array.from({length: below(9)}, () => pieces[below(pieces.length)]! + ends[below(ends.length)]!).join('');
	return Array.from({length: count}, () => Array.from({length: 1 + below(2)}, file));
};

/** What supervisor's class reads of them, in one go. */
export const pythonReads = async (cases: readonly (readonly string[])[]): Promise<readonly Read[]> => {
	const {stdout} = await execa('python3', ['-c', script], {input: JSON.stringify(cases)});
	return JSON.parse(stdout) as readonly Read[];
};

/** The same of our reader; of what supervisor refuses only that. */
export const weRead = (files: readonly string[]): Read => {
	const {sections, refused} = readIni(files.map((text, at) => ({path: `${at}`, text})));
	if (refused !== undefined) return {refused: true, sections: undefined};
	const options = sections.map(
		one => [one.header, Object.fromEntries([...one.options].map(([key, {value}]) => [key, value]))] as const,
	);
	return {refused: false, sections: Object.fromEntries(options)};
};

const script = `
import io, json, sys
from configparser import ParsingError
from supervisor.options import UnhosedConfigParser

def read(files):
    parser = UnhosedConfigParser()
    try:
        for text in files:
            parser.read_file(io.StringIO(text, newline=None))
    except ParsingError:
        return {'refused': True}
    return {'refused': False, 'sections': {name: dict(parser.items(name)) for name in parser.sections()}}

json.dump([read(files) for files in json.load(sys.stdin)], sys.stdout)
`;

// Python before 3.10 ends a name of a section at its first ]: none has one inside.
const pieces = [
	...['[a]', '[b]', '[DEFAULT]', '[program:web]', '[]', '[a] k=1', '[a];c', '\ufeff[a]'],
	...['a=1', 'b : 2', 'user = root', 'user=app ; c', 'k=v#no', 'k=v #yes', 'k=;v', 'k= ;v', 'k==v', 'k=:v', '%(x)s=1'],
	...['A B=C', 'Key=1', 'KEY=2', 'a;=1', 'z=a;b ;c', '\u0130=1'],
	...[' user=x', '\tcont', '  deep', '   deeper', '\u00a0u=1', '\u2028x=1', '\x1fq=1', 'a\x85b=1', 'x=1\x0b', '\x1c'],
	...['#c', ' ;c', '', '', ' ', '=v', ':', 'key'],
];
const ends = ['\n', '\n', '\n', '\r\n', '\r'];
