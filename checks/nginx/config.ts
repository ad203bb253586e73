import {type Nginx, nginxes} from '#host/nginx/now.ts';
import {inUse} from '#host/nginx/sites.ts';
import {runTest} from '#host/trust/test-command.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {foreignTo, mendLine, testKinds} from '../shared/foreign.ts';
import {clock, seen} from '../shared/seeing.ts';

const kinds = {
	...testKinds,
	...defineKinds({
		warned: {
			state: 'warn',
			example: {text: 'conflicting server name "example.org"', where: '/etc/nginx/nginx.conf:3'},
			says: ({text}) => `it passes with a warning: ${text}`,
			remedy: mendLine,
		},
	}),
};

/** nginx goes on with what it has when it is given a file that it cannot read; the next start is when everybody learns of it. */
export const check = defineCheck({
	id: 'nginx.config',
	title: 'The configuration of nginx passes its own test',
	why: 'A reload with a broken file changes nothing and says so only in a log: the site goes on with the old configuration until the next restart or reboot, which then fails.',
	reads: ['nginx -t: the whole configuration, with the certificates it names'],
	severity: 'fail',
	layers: ['file'],
	source: 'nginx(8), -t; ipynbsrv: Django/Application (nginx.conf)',
	verify: 'nginx -t',
	facts: {nginx: nginxes},
	appliesTo: ({facts}) => facts.nginx.length > 0 || 'neither nginx nor OpenResty is installed',
	async inspect({host, facts}) {
		return findings(await Promise.all(inUse(facts.nginx).map(nginx => findingOf(nginx, host))));
	},
	kinds,
});

const findingOf = async (nginx: Nginx, host: Reader): Promise<FoundOf<typeof kinds>> => {
	const argv = [...nginx.argv, '-t'];
	const foreign = await foreignTo(nginx.name, argv, host);
	if (foreign !== undefined)
		return {
			is: 'foreign',
			data: foreign,
			item: nginx.name,
			expected: 'passes',
			layers: {file: seen(foreign.words, foreign.path)},
		};
	const {code, stdout, stderr} = await runTest(host, argv, {timeout: 4000});
	const said = parseTest(`${stdout}\n${stderr}`);
	const finding = {item: nginx.name, expected: 'passes'};
	if (code === 0) {
		const [warning] = said.warnings;
		return warning === undefined
			? {...finding, is: 'ok', layers: {file: seen('passes', argv.join(' '))}}
			: {
					...finding,
					is: 'warned',
					data: {text: warning.text, where: place(warning, argv)},
					layers: {file: seen('passes with a warning', place(warning, argv))},
				};
	}
	if (process.geteuid?.() !== 0)
		throw new Blocked({
			because: 'needs-root',
			need: `${argv.join(' ')} opens what only root may read: keys, logs, the pid file`,
		});
	const {error} = said;
	if (error === undefined)
		throw new Blocked({because: 'unreadable', need: `${argv.join(' ')} ended with ${code} and gave no reason`});
	const running = nginx.running?.workers.map(one => one.startedAt) ?? [];
	return {
		...finding,
		is: 'broken',
		data: {
			text: error.text,
			where: place(error, argv),
			since: running.length === 0 ? '' : `at ${clock(Math.min(...running))}`,
		},
		layers: {
			file: seen(error.text, place(error, argv)),
			...(running.length > 0 && {
				runtime: seen('runs with an older configuration', `process ${nginx.running?.master.pid}`),
			}),
		},
	};
};

type Said = {readonly text: string; readonly where?: string};

/** What `nginx -t` complains of. A user who is not root is told that `user` is ignored, which says nothing of the file. */
export const parseTest = (output: string): {readonly error?: Said; readonly warnings: readonly Said[]} => {
	const found = [
		...output.matchAll(/^(?:nginx: |\S+ \S+ )\[(warn|emerg|crit|alert)\] (?:\d+#\d+: )?(.+?)(?: in (\/\S+:\d+))?$/gm),
	].map(([, level, text = '', where]) => ({
		level,
		text,
		...(where !== undefined && {where}),
	}));
	const unique = found.filter(
		(one, at) => found.findIndex(other => other.text === one.text && other.level === one.level) === at,
	);
	const error = unique.find(({level}) => level !== 'warn');
	const warnings = unique.filter(({level, text}) => level === 'warn' && !text.startsWith('the "user" directive'));
	return {...(error && {error: saidBy(error)}), warnings: warnings.map(saidBy)};
};

const saidBy = ({text, where}: Said): Said => ({text, ...(where !== undefined && {where})});

const place = ({where}: Said, argv: readonly string[]): string => where ?? argv.join(' ');
