/** Lines of limits.conf that let somebody in no more, or to nothing: a number that was meant for one group and stands for all, a zero too few. */
import {wordsIn} from '#edit/blanks.ts';
import type {Reader} from '#model/host.ts';
import {textOf} from '../files/text-of.ts';
import {ifTold} from '../see.ts';
import {type PamLine, pamStack} from './stack.ts';

/** `* hard maxlogins 0`. */
export type Limit = {readonly domain: string; readonly item: string; readonly value: string; readonly where: string};

/** Those that are in force; none where nobody asks pam_limits at a login. */
export const refusingLimits = async (host: Reader): Promise<readonly Limit[]> => {
	const stacks = await Promise.all(['sshd', 'login'].map(service => pamStack(host, service, 'session')));
	if (!stacks.some(asks)) return [];
	const directory = '/etc/security/limits.d';
	const names = ((await ifTold(() => host.list(directory))) ?? []).filter(name => name.endsWith('.conf'));
	const paths = ['/etc/security/limits.conf', ...names.map(name => `${directory}/${name}`)];
	const texts = await Promise.all(
		paths.map(async path => ({path, text: (await ifTold(() => textOf(host, path))) ?? ''})),
	);
	// A later line about the same takes the place of an earlier one.
	const last = new Map(
		texts.flatMap(({path, text}) => limitsIn(text, path)).map(one => [`${one.domain} ${one.item}`, one]),
	);
	return [...last.values()].filter(refuses);
};

const asks = (lines: readonly PamLine[]): boolean =>
	lines.some(({module, sub}) => module === 'pam_limits' || (sub !== undefined && asks(sub)));

/** Four words: domain, type, item, value. A soft limit can be raised by whom it is for. */
const limitsIn = (text: string, path: string): readonly Limit[] =>
	text.split('\n').flatMap((line, at) => {
		const [domain = '', type = '', item = '', value] = wordsIn(line.replace(/#.*$/, '')).map(one => one.text);
		const counts = type === 'hard' || type === '-' || /logins$/.test(item);
		return value === undefined || !counts ? [] : [{domain, item, value, where: `${path}:${at + 1}`}];
	});

/** Whom a name or a group locks out was meant; a login that ends before its shell was not. */
const refuses = ({domain, item, value}: Limit): boolean => {
	if (!/^\d+$/.test(value) || domain === 'root') return false;
	if (/^max(sys)?logins$/.test(item)) return Number(value) === 0 && (domain === '*' || domain === '%');
	return (item === 'nproc' || item === 'nofile') && Number(value) < fewest;
};

/** A shell, its prompt and one program; the libraries of a program and its three standard files. */
const fewest = 8;
