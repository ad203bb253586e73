/** The small program that hands arguments on without a command line; a file of its own, so that the bundler finds its text. */
import {textBeside} from '#host/files/text-beside.ts';

export const withArguments = textBeside(import.meta.url, './with-arguments.py');
