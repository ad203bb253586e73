/**
 * What a signal means to a run. SIGINT and SIGTERM: finish what runs, start nothing new. SIGHUP and a terminal that is gone: go on to the
 * end, nobody has to watch. Programs of the run live in sessions of their own and get none of these.
 */
export type Stopping = {
	readonly asked: () => boolean;
	/** Somebody asks in another way: `who` is what is told. */
	ask(who: string): void;
	dispose(): void;
};

/** Installs the handlers; `told` is called once, with the signal's name or who asked, when an operator first asks to stop. */
export const listenForStop = (told: (who: string) => void): Stopping => {
	let asked = false;
	const stop = (who: string): void => {
		if (!asked) told(who);
		asked = true;
	};
	const ignore = (): void => {};
	process.on('SIGINT', stop);
	process.on('SIGTERM', stop);
	process.on('SIGHUP', ignore);
	process.stdout.on('error', ignore);
	process.stderr.on('error', ignore);
	return {
		asked: () => asked,
		ask: stop,
		dispose() {
			process.off('SIGINT', stop);
			process.off('SIGTERM', stop);
			process.off('SIGHUP', ignore);
		},
	};
};
