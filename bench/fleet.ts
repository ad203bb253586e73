/**
 * What a look at a whole fleet costs: one recorded report is made into hundreds that differ as hosts do, and `setup doctor --from FOLDER` reads them, in every format. Whole
 * processes, wall, CPU and peak memory, beside the same for one report. Nothing is asserted. `node bench/fleet.ts [--hosts 500] [--runs 5] [--report FILE]`
 */
import {execFileSync, spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {parseArgs} from 'node:util';
import type {Report, Row} from '#doctor/types.ts';

const {values} = parseArgs({
	options: {
		hosts: {type: 'string', default: '500'},
		runs: {type: 'string', default: '5'},
		report: {type: 'string'},
	},
});
const root = join(import.meta.dirname, '..');
const setup = join(root, 'setup');
const hosts = Number(values.hosts);

const main = (): void => {
	execFileSync(setup, ['--version']);
	const folder = mkdtempSync(join(tmpdir(), 'fleet-bench-'));
	try {
		const recorded = recordedReport();
		const random = randomFrom(4711);
		let bytes = 0;
		for (const count of sizes()) {
			mkdirSync(join(folder, String(count)));
			for (let n = 1; n <= count; n += 1) {
				const path = join(folder, String(count), `host${n}.json`);
				writeFileSync(path, JSON.stringify(asOn(recorded, n, random), null, '\t'));
				bytes += count === hosts ? statSync(path).size : 0;
			}
		}
		console.log(
			`${recorded.rows.length} rows each, ${Math.round(bytes / hosts / 1024)} KiB a report, Node ${process.version}\n`,
		);
		console.log(
			'| reports | format | wall | CPU | peak memory | written |\n| ---: | --- | ---: | ---: | ---: | ---: |',
		);
		for (const count of sizes())
			for (const format of count === hosts ? ['text', 'json', 'html', 'prometheus'] : ['text'])
				console.log(line(count, format, measured(join(folder, String(count)), format)));
	} finally {
		rmSync(folder, {recursive: true});
	}
};

const sizes = (): readonly number[] => [...new Set([1, Math.ceil(hosts / 10), hosts])];

/** A file's, or what this host says of itself now. */
const recordedReport = (): Report => {
	if (values.report !== undefined) return JSON.parse(readFileSync(values.report, 'utf8')) as Report;
	const {stdout} = spawnSync(setup, ['doctor', '--format', 'json'], {encoding: 'utf8', maxBuffer: 1 << 28});
	return JSON.parse(stdout) as Report;
};

/** Another host of the same kind: most findings are there too, one row in twenty is otherwise, and items have names of their own. */
const asOn = (report: Report, n: number, random: () => number): Report => ({
	...report,
	host: {name: `host${n}`, release: random() < 0.7 ? 'Debian 12' : 'Debian 13'},
	rows: report.rows.map(row => (random() < 0.05 ? turned(row, n) : row)),
});

const turned = (row: Row, n: number): Row => ({
	...row,
	state: row.state === 'ok' ? 'warn' : 'ok',
	says: `is not as on the others (host${n})`,
	item: `thing${n % 40}`,
	key: `${row.check}[thing${n % 40}]`,
});

/** The same at each run (mulberry32). */
const randomFrom = (seed: number) => {
	let state = seed;
	return (): number => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
	};
};

type Measured = {readonly wall: number; readonly cpu: number; readonly memory: number; readonly bytes: number};

/** The median of all runs; what the system says of its children, read by a process that has no other. */
const measured = (folder: string, format: string): Measured => {
	const program = `import json, resource, subprocess, sys, time
at = time.monotonic()
out = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
use = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({'wall': time.monotonic() - at, 'cpu': use.ru_utime + use.ru_stime, 'memory': use.ru_maxrss, 'bytes': len(out)}))`;
	const runs = Array.from({length: Number(values.runs)}, () => {
		const argv = ['-c', program, setup, 'doctor', '--from', folder, '--format', format];
		return JSON.parse(execFileSync('python3', argv, {encoding: 'utf8'})) as Measured;
	}).sort((a, b) => a.cpu - b.cpu);
	return runs[Math.floor(runs.length / 2)]!;
};

const line = (count: number, format: string, {wall, cpu, memory, bytes}: Measured): string =>
	`| ${count} | ${format} | ${wall.toFixed(2)} s | ${cpu.toFixed(2)} s | ${Math.round(memory / 1024)} MB | ${Math.round(bytes / 1024)} KiB |`;

main();
