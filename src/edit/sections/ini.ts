/** uwsgi's ini files and systemd's units: neither has quotes around a value, so what they would cut off, continue or expand is doubled or refused. */

import {trimmed} from '../blanks.ts';
import {cannotHold, sound} from '../quoted.ts';
import type {SectionDialect} from './dialect.ts';
import {sectionEditor} from './section-file.ts';

/** One line, nothing the reader trims, nothing it takes for a continuation. */
const oneLine =
	(format: string) =>
	(plain: string): string => {
		if (/[\r\n]/.test(sound(format, plain))) throw cannotHold(format, 'a line break');
		if (trimmed(plain) !== plain) throw cannotHold(format, 'blanks at its start or end');
		if (plain.endsWith('\\')) throw cannotHold(format, 'a backslash at its end');
		if (Buffer.byteLength(plain) > 100_000) throw cannotHold(format, 'more than 100 kB');
		return plain;
	};

const plainUwsgi = oneLine('uwsgi ini');

/** uwsgi expands %x, %(name), $(NAME) and @(file) in every value and has no way to write them literally. */
export const uwsgiDialect: SectionDialect = {
	format: 'uwsgi ini',
	equals: ' = ',
	continues: false,
	other: /^$/,
	flags: true,
	sameKey: (a, b) => a === b,
	quote: plain => {
		if (/%|\$\(|@\(/.test(plain)) throw cannotHold('uwsgi ini', 'something that uwsgi expands (%, $( or @()');
		if (plain === '') throw cannotHold('uwsgi ini', 'nothing');
		return plainUwsgi(plain);
	},
	raw: plainUwsgi,
	read: written => (/%|\$\(|@\(/.test(written) ? undefined : written),
	opens: /^(if[a-z-]|for$|foreach$|for-(glob|times|readline)$)/,
	closes: /^end-?(if|for)$/,
};

export const uwsgiIni = sectionEditor(uwsgiDialect);

const plainUnit = oneLine('systemd unit');
const runs = (key: string): boolean => key.startsWith('Exec');

/** systemd expands %x everywhere and $NAME in Exec lines; both are written doubled. Splitting an Exec line into words is the caller's. */
export const systemdDialect: SectionDialect = {
	format: 'systemd unit',
	equals: '=',
	continues: true,
	other: /^$/,
	flags: false,
	sameKey: (a, b) => a === b,
	quote: (plain, key) => {
		const doubled = plainUnit(plain).replaceAll('%', '%%');
		return runs(key) ? doubled.replaceAll('$', '$$$$') : doubled;
	},
	raw: plainUnit,
	read: (written, key) => {
		if (/%(?!%)/.test(written.replaceAll('%%', '')) || (runs(key) && written.replaceAll('$$', '').includes('$')))
			return undefined;
		const single = written.replaceAll('%%', '%');
		return runs(key) ? single.replaceAll('$$', '$') : single;
	},
	bom: true,
};

export const systemdUnit = sectionEditor(systemdDialect);
