/** Colour where the reader is a terminal that wants it; the words carry the meaning without it. */
export type Style = {
	readonly bold: (text: string) => string;
	readonly dim: (text: string) => string;
	readonly red: (text: string) => string;
	readonly green: (text: string) => string;
	readonly yellow: (text: string) => string;
	readonly cyan: (text: string) => string;
};

type Output = {readonly isTTY?: boolean};

/** NO_COLOR (any value), TERM=dumb and a stream that is no terminal give plain text; FORCE_COLOR gives colour to a pipe. */
export const styleFor = (stream: Output, env: NodeJS.ProcessEnv = process.env): Style => {
	const wanted = !env['NO_COLOR'] && env['TERM'] !== 'dumb' && (stream.isTTY === true || Boolean(env['FORCE_COLOR']));
	const paint =
		(code: number) =>
		(text: string): string =>
			wanted ? `\u001b[${code}m${text}\u001b[0m` : text;
	return {bold: paint(1), dim: paint(2), red: paint(31), green: paint(32), yellow: paint(33), cyan: paint(36)};
};

/** A unified diff with its lines coloured. */
export const colourDiff = (patch: string, style: Style): string =>
	patch
		.split('\n')
		.map(line => {
			if (line.startsWith('+++') || line.startsWith('---')) return style.bold(line);
			if (line.startsWith('@@')) return style.cyan(line);
			if (line.startsWith('+')) return style.green(line);
			if (line.startsWith('-')) return style.red(line);
			return line;
		})
		.join('\n');
