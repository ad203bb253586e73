/**
 * The text of a file that stands beside the module: a program in another language, which deserves its own linter. From a checkout it is read; the bundler
 * puts the text in the place of the call (build.ts), because dist/ has no such files.
 */
import {readFileSync} from 'node:fs';

/** `textBeside(import.meta.url, './guard.sh')`, with both arguments written like that. In files named `*script.ts` only: the bundler looks nowhere else. */
export const textBeside = (url: string, name: string): string => readFileSync(new URL(name, url), 'utf8');
