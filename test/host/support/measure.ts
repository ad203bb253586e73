/** How long a program takes inside, and how much memory: what the kernel says of it and of what it started. */
import type {ThrowAway} from '#rehearse/throwaway.ts';

export type Measured = {
	readonly code: number;
	readonly seconds: number;
	/** CPU time of the program and of all it started. */
	readonly cpuSeconds: number;
	/** Peak of the largest single process. */
	readonly peakMb: number;
	readonly stdout: string;
	readonly stderr: string;
};

/** Runs it once under python3, which the installed host has. */
export const measured = async (host: ThrowAway, argv: readonly string[]): Promise<Measured> =>
	JSON.parse(await host.must(['/usr/bin/python3', '-c', script, ...argv])) as Measured;

const script = `
import json, resource, subprocess, sys, time
start = time.monotonic()
ran = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, capture_output=True)
seconds = time.monotonic() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps({
    'code': ran.returncode, 'seconds': seconds, 'cpuSeconds': used.ru_utime + used.ru_stime, 'peakMb': used.ru_maxrss / 1024,
    'stdout': ran.stdout.decode(), 'stderr': ran.stderr.decode(),
}))
`;
