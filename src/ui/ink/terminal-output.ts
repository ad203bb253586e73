/**
 * What Ink writes to the terminal, with a veto: when the window changes, Ink at once draws the old picture at the new width, its lines wrap, and
 * from then on it changes lines that are somewhere else. So nothing of it is written until a picture for the new size is there, and that is
 * written onto an empty screen.
 */
export type InkOutput = {
	/** The stdout for Ink. */
	readonly stdout: NodeJS.WriteStream;
	/** Whether what is on the screen was made for another size. */
	stale(): boolean;
	/** A picture for this size comes now, onto an empty screen. */
	startAnew(): void;
	/** Ink leaves the screen or comes back to it: that is written in any case. */
	pass(): void;
	close(): void;
};

/** Listens before Ink does, so it has to be made before Ink is started. */
export const inkOutput = (stdout: NodeJS.WriteStream): InkOutput => {
	let stale = false;
	let blocked = false;
	let before = '';
	const resized = (): void => {
		stale = true;
		blocked = true;
	};
	const pass = (): void => {
		blocked = false;
		before = '';
	};
	const write = (...args: Parameters<typeof stdout.write>): boolean => {
		const [text, ...rest] = args;
		if (blocked && text !== '') {
			const done = rest.findLast(one => typeof one === 'function');
			if (done) setImmediate(done);
			return true;
		}
		const whole = typeof text === 'string' && text !== '' ? before + text : text;
		if (whole !== text) before = '';
		return stdout.write(whole, ...(rest as []));
	};
	stdout.prependListener('resize', resized);
	return {
		stdout: new Proxy(stdout, {
			get(target, name) {
				if (name === 'write') return write;
				const value: unknown = Reflect.get(target, name, target);
				return typeof value === 'function' ? value.bind(target) : value;
			},
		}),
		stale: () => stale,
		startAnew() {
			stale = false;
			blocked = false;
			before = `${cursorOff}${home}${eraseAll}`;
		},
		pass,
		close() {
			pass();
			stdout.off('resize', resized);
		},
	};
};

const cursorOff = '\u001b[?25l';
const home = '\u001b[H';
const eraseAll = '\u001b[2J';
