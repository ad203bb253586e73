/** The report as data, for programs and for `--from`. Additive only: a new field keeps schemaVersion, a changed meaning raises it. */
import type {Report} from '#doctor/types.ts';
import {printableJson} from '#model/printable.ts';

/** What `setup doctor --format json` prints; schemas/doctor.schema.json describes it. */
export const doctorJson = (report: Report): string => `${printableJson(report, '\t')}\n`;
