/** Whether what stands under a condition of Apache's configuration (`<IfModule>`, `<IfDefine>`, `<IfVersion>`) counts: Apache leaves out the rest as if it were not there. */
import {resolve} from 'node:path';
import type {Reader} from '#model/host.ts';
import {apacheRoot} from './logical-lines.ts';

/** What was read up to there. */
type Known = {
	readonly modules: ReadonlyMap<string, string>;
	readonly variables: ReadonlyMap<string, string>;
	/** Of its package. */
	readonly version: string;
	readonly host: Reader;
};

/** undefined: a section of its own; otherwise whether its content counts. */
export const conditionHolds = async (
	name: string,
	args: readonly string[],
	{modules, variables, version, host}: Known,
): Promise<boolean | undefined> => {
	const word = args[0] ?? '';
	const plain = word.replace(/^!/, '');
	const negated = word.startsWith('!');
	const module = plain.replace(/^(mod_|http_(?=core))|\.c$|_module$/g, '');
	if (name === 'ifmodule') return (modules.has(module) || builtIn.has(module)) !== negated;
	if (name === 'ifdefine') return variables.has(plain) !== negated;
	if (name === 'ifversion') return ofVersion(args, version) !== negated;
	if (name === 'iffile') return ((await host.stat(resolve(apacheRoot, plain))) !== undefined) !== negated;
	if (name === 'ifdirective' || name === 'ifsection') return !negated;
	return undefined;
};

/** Linked into Debian's apache2, so that no LoadModule names them. */
const builtIn = new Set(['core', 'so', 'watchdog', 'http', 'log_config', 'logio', 'version', 'unixd']);

/** `>= 2.4.10`, `2.4`; a regular expression and a version that is not known hold. */
const ofVersion = (args: readonly string[], version: string): boolean => {
	const [first = '', second] = args.map(one => one.replace(/^!/, '')).filter(one => one !== '');
	const [operator, wanted] =
		second === undefined ? (/^([<>]=?|==?|~)?(.*)$/.exec(first) ?? []).slice(1) : [first, second];
	const own = version.split(/[.+~-]/).map(Number);
	const other = (wanted ?? '').split('.').map(Number);
	if (!Number.isInteger(own[0]) || other.some(Number.isNaN) || operator === '~') return true;
	const order = [0, 1, 2].map(at => Math.sign((own[at] || 0) - (other[at] ?? 0))).find(one => one !== 0) ?? 0;
	return {'<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0}[operator ?? '='] ?? order === 0;
};
