/** What root runs by itself, at boot, at an hour and after a night of logs: units, cron's tables, logrotate. */
import {basename} from 'node:path';
import {systemdDialect} from '#edit/sections/ini.ts';
import type {Reader} from '#model/host.ts';
import {sectionLines} from '../files/section-lines.ts';
import {textOf} from '../files/text-of.ts';
import {ifTold} from '../see.ts';
import {configsIn, programsIn} from './programs-in.ts';
import {all, inside, linesOf, type RootRead, searchedBy} from './root-read.ts';

const unitDirectories = ['/etc/systemd/system', '/usr/local/lib/systemd/system', '/usr/lib/systemd/system'];

export const units = async (host: Reader): Promise<readonly RootRead[]> => {
	const [own = [], ...others] = await Promise.all(unitDirectories.map(path => inside(host, path)));
	const dropIns = (await Promise.all(own.filter(path => path.endsWith('.d')).map(path => inside(host, path)))).flat();
	const services = new Set(
		own.filter(path => /\.service(\.d)?$/.test(path)).map(path => basename(path).replace(/\.d$/, '')),
	);
	const run = await Promise.all([...services].map(name => runByUnit(host, name, dropIns)));
	return [...all('systemd', [...own, ...dropIns, ...others.flat()]), ...run.flat()];
};

/** What it runs as root, its drop-ins read as part of it: all where no user is named, else what has a `+` or `!` before it. */
const runByUnit = async (host: Reader, name: string, dropIns: readonly string[]): Promise<readonly RootRead[]> => {
	const textAt = async (path: string): Promise<string> => (await ifTold(() => textOf(host, path))) ?? '';
	const units = await Promise.all(unitDirectories.map(directory => textAt(`${directory}/${name}`)));
	const more = await Promise.all(dropIns.filter(path => path.includes(`/${name}.d/`)).map(textAt));
	const text = [units.find(one => one !== '') ?? '', ...more].join('\n');
	const service = sectionLines(systemdDialect, text).get('Service') ?? [];
	const user = service.findLast(({key}) => key === 'User')?.value ?? 'root';
	const lines = service.filter(
		({key, value}) => /^Exec[A-Z]/.test(key) && (user === 'root' || user === '0' || /^[-@:]*[+!]/.test(value)),
	);
	const valuesOf = (key: string): readonly string[] => service.flatMap(one => (one.key === key ? [one.value] : []));
	const cwd = valuesOf('WorkingDirectory').at(-1)?.replace(/^-/, '');
	const asRoot = user === 'root' || user === '0';
	return all(`systemd for ${name}`, [
		...lines.flatMap(({value}) => programsIn(value.replace(/;/g, ' '), cwd)),
		...(asRoot ? lines.flatMap(({value}) => configsIn(value.split(/\s+/))) : []),
		// A variable can name a library that every program loads.
		...(asRoot ? valuesOf('EnvironmentFile').flatMap(value => absolute(value.replace(/^-/, ''))) : []),
	]);
};

const absolute = (path: string): readonly string[] => (/^\/[^$%*?]+$/.test(path) ? [path] : []);

export const cron = async (host: Reader): Promise<readonly RootRead[]> => {
	const scripts = await Promise.all(
		['hourly', 'daily', 'weekly', 'monthly'].map(often => inside(host, `/etc/cron.${often}`)),
	);
	const tables = ['/etc/crontab', '/etc/anacrontab', ...(await inside(host, '/etc/cron.d'))];
	const own = '/var/spool/cron/crontabs/root';
	const lines = await Promise.all([...tables, own].map(path => linesOf(host, path)));
	// The system's tables name the user before the command.
	const commands = lines.flatMap((some, at) =>
		some.flatMap(line => {
			const found = /^\s*(?:@\w+|(?:[\d*/,\-A-Za-z]+\s+){4}[\d*/,\-A-Za-z]+)\s+(.*)$/.exec(line)?.[1];
			if (found === undefined) return [];
			return at === tables.length ? [found] : /^root\s/.test(found) ? [found.slice(5)] : [];
		}),
	);
	// A table's own settings hold for all of its lines.
	const settings = lines.flatMap(some =>
		some.flatMap(line => [...searchedBy(line), ...absolute(/^\s*SHELL=(\S+)/.exec(line)?.[1] ?? '')]),
	);
	const parts = commands.flatMap(line =>
		[...line.matchAll(/\brun-parts\s+(?:-\S+\s+)*(\/[^\s;&|]+)/g)].map(([, path = '']) => path),
	);
	const ofParts = (await Promise.all(parts.map(path => inside(host, path)))).flat();
	return all('cron', [
		...scripts.flat(),
		...tables,
		own,
		...settings,
		...ofParts,
		...commands.flatMap(line => programsIn(line)),
	]);
};

export const logrotate = async (host: Reader): Promise<readonly RootRead[]> => {
	const files = ['/etc/logrotate.conf', ...(await inside(host, '/etc/logrotate.d'))];
	const texts = await Promise.all(files.map(path => linesOf(host, path)));
	const scripts = texts.flatMap(lines => {
		const found: string[] = [];
		let within = false;
		for (const line of lines) {
			if (/^\s*(pre|post|first|last)(rotate|action)\s*$/.test(line)) within = true;
			else if (/^\s*endscript/.test(line)) within = false;
			else if (within) found.push(...programsIn(line));
		}
		return found;
	});
	return all('logrotate', [...files, ...scripts]);
};
