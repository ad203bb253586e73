/** Another process that holds apt's locks, as unattended-upgrades does. */
import type {ThrowAway} from '#rehearse/throwaway.ts';

export type HeldLock = {readonly pid: number; release(): Promise<void>};

/** Locks dpkg's front end (or the file given) with fcntl, as apt and dpkg do, until released. perl-base is on every Debian. */
export const holdAptLock = async (host: ThrowAway, path = '/var/lib/dpkg/lock-frontend'): Promise<HeldLock> => {
	const stop = new AbortController();
	let told: (pid: number) => void = () => undefined;
	const held = new Promise<number>(done => {
		told = done;
	});
	const ended = host.run(['perl', '-e', script, path], {
		signal: stop.signal,
		onLine: line => /^\d+$/.test(line) && told(Number(line)),
	});
	const pid = await Promise.race([
		held,
		ended.then(ran => {
			throw new Error(`the lock was not taken: ${ran.stderr}`);
		}),
	]);
	return {
		pid,
		async release() {
			stop.abort();
			await ended;
		},
	};
};

/** struct flock of Linux on 64 bits: type, whence, padding, start, length, pid. */
const script = `
use Fcntl;
open(my $file, '>>', $ARGV[0]) or die "open: $!";
my $lock = pack('s s x4 q q i x4', F_WRLCK, 0, 0, 0, 0);
fcntl($file, F_SETLK, $lock) or die "locked by another: $!";
$| = 1;
print "$$\\n";
sleep 3600;
`;
