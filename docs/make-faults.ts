/** Writes docs/faults.md from the catalogue of faults: `node docs/make-faults.ts`. */
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {faultsPage} from '#report/faults/catalogue.ts';

if (import.meta.main) writeFileSync(join(import.meta.dirname, 'faults.md'), faultsPage());
