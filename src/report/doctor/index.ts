/** Every format of a doctor's report by its name; each is loaded when it is asked for, because start-up is part of the doctor's speed. */
import type {Report} from '#doctor/types.ts';
import type {Renderer, RenderOptions} from './render-options.ts';

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
