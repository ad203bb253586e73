/** The program that shows directories of others at names of ours, as text: Node cannot enter a namespace, and Perl is on every Debian (perl-base is essential). */
import {textBeside} from '../files/text-beside.ts';

export const viewProgram = textBeside(import.meta.url, './view.pl');
