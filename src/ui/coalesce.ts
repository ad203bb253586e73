/** Draws the first change at once and what follows it together, so that a burst of events costs one drawing and not thousands. */

export type Coalesced<Value> = {
	(value: Value): void;
	/** Not at once: drawn unless something else comes before the time is over. */
	later(value: Value): void;
	/** Draws now what is waiting. */
	flush(): void;
	/** Forgets what is waiting. */
	stop(): void;
};

/** `draw` with the latest value, at most once in so many milliseconds. */
export const coalesce = <Value>(draw: (value: Value) => void, milliseconds: number): Coalesced<Value> => {
	let waiting: {readonly value: Value} | undefined;
	let timer: NodeJS.Timeout | undefined;
	const drawNow = (): void => {
		clearTimeout(timer);
		timer = undefined;
		if (!waiting) return;
		const {value} = waiting;
		waiting = undefined;
		timer = setTimeout(drawNow, milliseconds);
		draw(value);
	};
	const give = (value: Value): void => {
		waiting = {value};
		if (timer === undefined) drawNow();
	};
	return Object.assign(give, {
		later(value: Value) {
			waiting = {value};
			timer ??= setTimeout(drawNow, milliseconds);
		},
		flush: drawNow,
		stop() {
			clearTimeout(timer);
			timer = undefined;
			waiting = undefined;
		},
	});
};
