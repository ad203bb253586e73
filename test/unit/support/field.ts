/** The field cases: small files with traits of real hosts, each in a folder of its own under fixtures/field. */
import {readFileSync} from 'node:fs';

/** The text of one of their files, `hosts-case/hosts`. */
export const field = (path: string): string =>
	readFileSync(new URL(`../../../fixtures/field/${path}`, import.meta.url), 'utf8');
