/** Gauges as Prometheus reads them, version 0.0.4 of its text: names under one prefix, labels from hosts made harmless. */
import {oneLine} from './row-words.ts';

type Sample = (name: string, labels: Readonly<Record<string, string>>, value: number) => string;

/** Both begin their names with this prefix. A family without samples is nothing at all. */
export const metrics = (
	prefix: string,
): {
	readonly family: (name: string, help: string, samples: readonly string[]) => readonly string[];
	readonly sample: Sample;
} => ({
	family: (name, help, samples) =>
		samples.length === 0 ? [] : [`# HELP ${prefix}_${name} ${help}`, `# TYPE ${prefix}_${name} gauge`, ...samples],
	sample: (name, labels, value) => {
		const inside = Object.entries(labels).map(([key, text]) => `${key}="${escape(text)}"`);
		return `${prefix}_${name}${inside.length === 0 ? '' : `{${inside.join(',')}}`} ${value}`;
	},
});

const escape = (text: string): string => oneLine(text).toWellFormed().replaceAll('\\', '\\\\').replaceAll('"', '\\"');
