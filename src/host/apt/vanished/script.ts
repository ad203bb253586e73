/**
 * The packages of one release that the next one has no more, under their name or as something that another provides: `main` of both archives for amd64, compared on 2026-11-30.
 * Libraries, documentation, translations and what only compilers want are left out: apt takes those away by itself.
 */
import {textBeside} from '../../files/text-beside.ts';

/** By the release that has them no more. */
export const vanishedPackages = (release: 'bookworm' | 'trixie'): ReadonlySet<string> =>
	new Set(texts[release].split('\n').filter(name => name !== ''));

const texts = {
	bookworm: textBeside(import.meta.url, './bookworm.txt'),
	trixie: textBeside(import.meta.url, './trixie.txt'),
} as const;
