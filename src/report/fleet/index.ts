/** The formats that many reports can be shown in, by name. Formats of one host's monitoring (junit, tap, nagios, sarif) have no place for several. */
import type {Fleet} from '#doctor/fleet.ts';
import {printableJson} from '#model/printable.ts';
import type {RenderOptions} from '../doctor/render-options.ts';

type Renderer = (fleet: Fleet, options: RenderOptions) => string;

const fleetFormats: Readonly<Record<string, () => Promise<Renderer>>> = {
	text: async () => (await import('./text.ts')).fleetText,
	json: async () => fleetJson,
	prometheus: async () => (await import('./prometheus.ts')).fleetPrometheus,
	html: async () => (await import('./html.ts')).fleetHtml,
};

export const fleetFormatNames: readonly string[] = Object.keys(fleetFormats);

/** What `setup doctor --from FOLDER --format json` prints; schemas/fleet.schema.json describes it. Additive only. */
const fleetJson: Renderer = fleet => `${printableJson(fleet, '\t')}\n`;

/** The whole output, with a final newline; undefined for a format that has no place for many hosts. */
export const renderFleet = async (format: string, fleet: Fleet, options: RenderOptions): Promise<string | undefined> =>
	(await fleetFormats[format]?.())?.(fleet, options);
