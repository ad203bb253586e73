/**
 * What we run inside the application's own Python and Django: every question about it in one process. The parts are files of Python beside this one,
 * valid for Python 2.7 with Django 1.7 and for today's: a program gets `ask`, and answers by `tell`.
 */
import {textBeside} from '../files/text-beside.ts';

const environ = textBeside(import.meta.url, './python/environ.py');
const start = `${environ}${textBeside(import.meta.url, './python/start.py')}`;
const end = textBeside(import.meta.url, './python/end.py');

/** Answers questions about an application: settings, migrations, accounts, collected files. */
export const factsScript = `${start}${textBeside(import.meta.url, './python/facts.py')}${end}`;

/** Answers the settings that the checks look at, without starting Django. */
export const settingsScript = `${environ}${textBeside(import.meta.url, './python/settings.py')}`;

/** Acts on the superuser: put, give_back, take_away. */
export const accountScript = `${start}${textBeside(import.meta.url, './python/account.py')}${end}`;

/** Takes away collected files that are not what they should be, so that collectstatic, which goes by dates, makes them again. */
export const discardScript = `${start}${textBeside(import.meta.url, './python/discard.py')}${end}`;
