/** Writes docs/checks.md from the declarations of the checks: `node docs/make-checks.ts`. */
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {explainPage} from '#report/doctor/explain.ts';
import {allChecks} from '#tasks/doctor/look.ts';

/** The text of docs/checks.md for the checks as they are. */
export const checksPage = (): string => explainPage(allChecks());

if (import.meta.main) writeFileSync(join(import.meta.dirname, 'checks.md'), checksPage());
