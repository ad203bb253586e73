/** Times, sizes and numbers as every screen writes them. */

/** "1:47", "1:02:03"; minus and fractions do not occur on a screen. */
export const clock = (seconds: number): string => {
	const whole = Math.max(0, Math.floor(seconds));
	const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
	return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
};

/** "about 5 min", "about 40 s": for estimates, which are no stopwatch. */
export const about = (seconds: number): string =>
	seconds < 90 ? `about ${Math.max(1, Math.round(seconds))} s` : `about ${Math.round(seconds / 60)} min`;

/** "14:02", in the time zone of this host. */
export const time = (at: number): string => {
	const when = new Date(at);
	return `${two(when.getHours())}:${two(when.getMinutes())}`;
};

/** "2026-11-21 14:02"; a text that is no date is given back. */
export const dayAndTime = (text: string): string => {
	const at = Date.parse(text);
	if (Number.isNaN(at)) return text;
	const when = new Date(at);
	return `${when.getFullYear()}-${two(when.getMonth() + 1)}-${two(when.getDate())} ${time(at)}`;
};

/** "812 MiB", "3.8 GiB". */
export const size = (mebibytes: number): string =>
	mebibytes < 1024 ? `${Math.round(mebibytes)} MiB` : `${gib(mebibytes / 1024)} GiB`;

/** "1 change", "4 changes". */
export const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;

/** The first sentence of a help text. */
export const firstSentence = (text: string): string => /^.*?[.!?](?=\s|$)/s.exec(text)?.[0] ?? text;

const gib = (value: number): string => (value < 10 ? value.toFixed(1) : String(Math.round(value)));
const two = (n: number): string => String(n).padStart(2, '0');
