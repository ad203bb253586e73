/** Everything a run said so far, as lines ready to send: who joins late gets the full picture, and who reads slowly costs no copy of it. */
export type Backlog = {
	/** `lasting` false: may be forgotten. Gives a place; a reader that is still before it has lost lines. */
	add(line: string, lasting: boolean): number;
	/** The line at a place; undefined when there is none yet. */
	at(place: number): string | undefined;
	/** Where a new reader begins. */
	readonly start: number;
};

const most = 100_000;

/** Keeps about `limit` lines: above that, what programs printed long ago is forgotten before the story of the run is. */
export const createBacklog = (limit = most): Backlog => {
	let lines: {readonly text: string; readonly lasting: boolean}[] = [];
	let start = 0;
	let full = limit;
	const forget = (): number => {
		const half = lines.length >> 1;
		const kept = lines.slice(0, half).filter(line => line.lasting);
		const whole = start + half;
		lines = [...kept, ...lines.slice(half)];
		start = whole - kept.length;
		full = Math.max(limit, 4 * kept.length);
		return whole;
	};
	return {
		add(text, lasting) {
			lines.push({text, lasting});
			return lines.length > full ? forget() : 0;
		},
		at: place => lines[place - start]?.text,
		get start() {
			return start;
		},
	};
};
