/** A command inside, with the time and the memory that it takes: what bounds are held against. */
import type {ThrowAway} from '#rehearse/throwaway.ts';

/** Code, output, seconds and the largest memory (MB) that it took. */
type Measured = {
	readonly code: number;
	readonly stdout: string;
	readonly stderr: string;
	readonly seconds: number;
	readonly megabytes: number;
};

/** A command to its end, measured. */
export const measured = async (host: ThrowAway, argv: readonly string[], timeout = 120_000): Promise<Measured> => {
	const {code, stdout, stderr} = await host.run(['python3', '-c', measure, ...argv], {timeout});
	const [, seconds = '', kilobytes = ''] = /measured ([\d.]+) (\d+)\n$/.exec(stderr) ?? [];
	return {code, stdout, stderr, seconds: Number(seconds), megabytes: Math.round(Number(kilobytes) / 1024)};
};

/** Of it alone, and not of the application's own programs that it asks: what those take, their user can take at any time. */
const measure = `import re, subprocess, sys, time
begun, most = time.monotonic(), 0
child = subprocess.Popen(sys.argv[1:])
while child.poll() is None:
    try: most = max(most, int(re.search(r'VmHWM:\\s*(\\d+)', open(f'/proc/{child.pid}/status').read())[1]))
    except (OSError, TypeError): pass
    time.sleep(0.02)
print('measured', time.monotonic() - begun, most, file=sys.stderr)
sys.exit(child.returncode)`;
