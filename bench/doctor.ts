/**
 * The doctor against goss, on one booted host, with the same facts: whole processes, in turns, warm and with cold caches; programs started and
 * memory beside it. Nothing is asserted but that both see the same. `GOSS=/path/to/goss node bench/doctor.ts [--runs N] [--cold N]`
 */
import {chmodSync, copyFileSync, cpSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import {build} from 'esbuild';
import {bring, programDir} from '#rehearse/program.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {bundling} from '../build.ts';
import {buildProgram, checkout, setup} from '../test/host/support/setup.ts';
import {tracedArguments} from '../test/host/support/trace.ts';
import {withHost, withPackages} from '../test/host/support/with-host.ts';
import {large, small} from './doctor-facts.ts';
import {gossSpec} from './doctor-goss.ts';
import {dropCaches, findProgram, type Raced, race} from './race.ts';

const {values} = parseArgs({options: {runs: {type: 'string', default: '30'}, cold: {type: 'string', default: '5'}}});

const packages = [
	'redis-server',
	'mariadb-server',
	'nginx-light',
	'supervisor',
	'openssh-server',
	'openssl',
	'cron',
	'dbus',
	'python3',
	'strace',
	'libatomic1',
];

const inside = '/opt/bench';

const main = async (): Promise<void> => {
	const goss = findProgram('goss', process.env['GOSS']);
	if (goss === undefined) console.log('There is no goss on PATH, and GOSS names none: the doctor runs alone.\n');
	buildProgram();
	await withHost(
		{layer: withPackages('doctor-bench', packages), binds: [bring(checkout)], network: 'none'},
		async host => {
			await prepare(host, goss);
			const node = `${programDir}/node_modules/node-linux-${process.arch}/bin/node`;
			const doctor = (which: string): readonly string[] => [
				node,
				'--use-system-ca',
				`${inside}/entry.js`,
				which,
				'--format',
				'json',
			];
			console.log(
				`${(await host.must(['nproc'])).trim()} cores, Node ${(await host.must([node, '--version'])).trim()}${goss === undefined ? '' : `, ${(await host.must([`${inside}/goss`, '--version'])).trim()}`}\n`,
			);
			for (const [which, facts] of [
				['small', small],
				['large', large],
			] as const) {
				const peer =
					goss === undefined
						? []
						: [
								[
									`goss, ${facts.length} facts`,
									[`${inside}/goss`, '-g', `${inside}/${which}.json`, 'validate', '-f', 'silent'],
								] as const,
							];
				const rows = [
					...peer,
					[`the doctor, ${facts.length} facts`, doctor(which)] as const,
					['node -e 0', [node, '-e', '0']] as const,
				];
				if (goss !== undefined) await sameEyes(host, peer[0]![1], doctor(which));
				await report(host, rows);
			}
			await report(host, [
				['setup doctor, all of its checks', [setup, 'doctor', '--format', 'json']],
				[
					'the same without the launcher',
					[node, '--use-system-ca', `${programDir}/dist/cli.js`, 'doctor', '--format', 'json'],
				],
			]);
		},
	);
};

const prepare = async (host: ThrowAway, goss: string | undefined): Promise<void> => {
	const out = mkdtempSync(join(tmpdir(), 'bench-'));
	try {
		await build({...bundling, entryPoints: {entry: 'bench/doctor-entry.ts'}, outdir: out});
		cpSync(out, join(host.root, inside), {recursive: true});
		writeFileSync(join(host.root, inside, 'package.json'), '{"type": "module"}');
	} finally {
		rmSync(out, {recursive: true, force: true});
	}
	for (const [which, facts] of [
		['small', small],
		['large', large],
	] as const)
		writeFileSync(join(host.root, inside, `${which}.json`), gossSpec(facts));
	if (goss !== undefined) {
		copyFileSync(goss, join(host.root, inside, 'goss'));
		chmodSync(join(host.root, inside, 'goss'), 0o755);
	}
	await host.must(['sh', '-ec', healthy]);
};

/** As the table wants it. */
const healthy = `
sed -i '/^save /d; s/^# *save ""/save ""/' /etc/redis/redis.conf; grep -q '^save ""$' /etc/redis/redis.conf || echo 'save ""' >> /etc/redis/redis.conf
openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj /CN=bench -keyout /etc/ssl/private/bench.key -out /etc/ssl/certs/bench.pem 2>/dev/null
chmod 600 /etc/ssl/private/bench.key
systemctl restart redis-server mariadb nginx supervisor ssh
grep -q '^127.0.0.1.*localhost' /etc/hosts || echo '127.0.0.1 localhost' >> /etc/hosts
`;

/** Both are content, and both see what is broken: one thing of each kind. */
const sameEyes = async (host: ThrowAway, goss: readonly string[], doctor: readonly string[]): Promise<void> => {
	const both = async (): Promise<readonly number[]> => [(await host.run(goss)).code, (await host.run(doctor)).code];
	if ((await both()).some(code => code !== 0)) {
		const loud = goss.map(word => (word === 'silent' ? 'rspecish' : word));
		throw new Error(
			`not both are content with a healthy host: ${(await host.run(loud)).stdout.slice(0, 2000)}\n${(await host.run([...doctor.slice(0, -1), 'text'])).stdout}`,
		);
	}
	for (const [breaks, mends] of [
		['chmod 644 /etc/ssl/private/bench.key', 'chmod 600 /etc/ssl/private/bench.key'],
		['systemctl stop supervisor', 'systemctl start supervisor'],
		['redis-cli config set save "60 1"', 'redis-cli config set save ""'],
		['usermod -s /bin/sh redis', 'usermod -s /usr/sbin/nologin redis'],
	] as const) {
		await host.must(['sh', '-c', breaks]);
		// goss looks for the word "save" in the answer only, as its spec in the notes does.
		const codes = await both();
		if (codes[1] === 0 || (codes[0] === 0 && !breaks.startsWith('redis')))
			throw new Error(`${breaks}: goss ended with ${codes[0]}, the doctor with ${codes[1]}`);
		await host.must(['sh', '-c', mends]);
	}
};

const report = async (host: ThrowAway, rows: readonly (readonly [string, readonly string[]])[]): Promise<void> => {
	const warm = await race(
		host,
		rows.map(([, argv]) => argv),
		Number(values.runs),
	);
	const cold: Raced[] = [];
	for (let n = 0; n < Number(values.cold); n++)
		for (const [at, [, argv]] of rows.entries()) {
			if (!dropCaches()) break;
			const [one] = await race(host, [argv], 1, 0);
			if (one !== undefined)
				cold[at] = cold[at] === undefined ? one : {...one, seconds: [...cold[at].seconds, ...one.seconds]};
		}
	const first = warm[0];
	for (const [at, [name, argv]] of rows.entries()) {
		const figures = warm[at];
		if (figures === undefined || first === undefined) continue;
		const {started} = await tracedArguments(host, argv);
		const ratio = median(figures.seconds) / median(first.seconds);
		console.log(
			`${name.padEnd(34)} warm ${shown(figures.seconds)}  ratio ${ratio.toFixed(2)}  CPU ${(figures.cpu * 1000).toFixed(0)} ms  ${started.length - 1} children  peak ${figures.peakMb.toFixed(0)} MB  cold ${cold[at] === undefined ? 'not measured' : shown(cold[at].seconds)}`,
		);
	}
	console.log('');
};

const median = (all: readonly number[]): number =>
	all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN;

/** Median, mean and standard deviation, in milliseconds. */
const shown = (all: readonly number[]): string => {
	const mean = all.reduce((sum, one) => sum + one, 0) / all.length;
	const deviation = Math.sqrt(all.reduce((sum, one) => sum + (one - mean) ** 2, 0) / all.length);
	return `${(median(all) * 1000).toFixed(0)} (${(mean * 1000).toFixed(0)} +- ${(deviation * 1000).toFixed(0)}) ms`;
};

await main();
