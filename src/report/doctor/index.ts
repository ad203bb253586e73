/** Every format of a doctor's report by its name; each is loaded when it is asked for, because start-up is part of the doctor's speed. */
import type {Report} from '#doctor/types.ts';
import type {Style} from '../style.ts';

export type RenderOptions = {
	readonly style: Style;
	/** Also what is ok, does not apply or is waived. */
	readonly verbose: boolean;
	/** Of the terminal; left out where nobody reads lines. */
	readonly columns?: number;
	/** For a terminal without UTF-8. */
	readonly ascii?: boolean;
	/** From which state on a finding fails the run; default 'fail'. junit and tap follow it. */
	readonly failOn?: FailOn;
};

export type FailOn = 'new' | 'warn' | 'fail';

export type Renderer = (report: Report, options: RenderOptions) => string;

export const doctorFormats = {
	text: async () => (await import('./text.ts')).doctorText,
	json: async () => (await import('./json.ts')).doctorJson,
	ndjson: async () => (await import('./ndjson.ts')).doctorNdjson,
	junit: async () => (await import('./junit.ts')).doctorJunit,
	tap: async () => (await import('./tap.ts')).doctorTap,
	nagios: async () => (await import('./nagios.ts')).doctorNagios,
	prometheus: async () => (await import('./prometheus.ts')).doctorPrometheus,
	sarif: async () => (await import('./sarif.ts')).doctorSarif,
	html: async () => (await import('./html.ts')).doctorHtml,
} as const satisfies Readonly<Record<string, () => Promise<Renderer>>>;

export type DoctorFormat = keyof typeof doctorFormats;

/** The whole output in that format, with a final newline. */
export const render = async (format: DoctorFormat, report: Report, options: RenderOptions): Promise<string> =>
	(await doctorFormats[format]())(report, options);
