/**
 * ~/.ssh/authorized_keys: who may log in with which key. A key is the same whatever options and comment stand around it, so a line that somebody
 * restricted (`from="…"`) stays as it is, and no other key ever goes. Read as sshd reads it (sshd(8), AUTHORIZED_KEYS FILE FORMAT).
 */
import {isBlank, trimmed, wordsIn} from '../blanks.ts';
import {type Editor, refusal, type Span} from '../editor.ts';
import {editorOf} from '../in-turn.ts';
import {insertLines, linesOf} from '../lines.ts';

/** The key as ssh-keygen writes it into NAME.pub: type, base64, comment. `present: false`: no line has it. */
export type AuthorizedKeysSetting = {readonly key: string; readonly present?: false};

const format = 'authorized_keys';

export const authorizedKeys: Editor<AuthorizedKeysSetting> = {
	...editorOf<AuthorizedKeysSetting>({
		format,
		name: ({key}) => `key ${nameOf(key)}`,
		one: (source, setting) => {
			const wanted = checked(setting.key);
			const lines = linesWith(source, wanted.blob);
			if (setting.present === false) return lines.map(line => ({...line, text: []}));
			return lines.length > 0 ? [] : [insertLines(source, source.length, [[trimmed(setting.key)]])];
		},
		all: (source, {key}) => linesWith(source, checked(key).blob),
	}),
	without: ({key}) => ({key, present: false}),
};

/** A public key in a line of such a file; undefined where there is none. `options` is what stands before it. */
export const keyInLine = (
	line: string,
): {readonly options: string; readonly type: string; readonly blob: string; readonly comment: string} | undefined => {
	const text = trimmed(line);
	if (text === '' || text.startsWith('#')) return;
	const at = keyAt(text, 0) ? 0 : optionsEnd(text);
	const [type, blob] = wordsIn(text.slice(at));
	if (type === undefined || blob === undefined || !keyAt(text, at)) return;
	return {
		options: trimmed(text.slice(0, at)),
		type: type.text,
		blob: blob.text,
		comment: trimmed(text.slice(at + blob.index + blob.text.length)),
	};
};

/** Does `TYPE BASE64` stand there, with a base64 that begins with its own type as the wire format wants it? */
const keyAt = (text: string, at: number): boolean => {
	const [type, blob] = wordsIn(text.slice(at));
	if (type === undefined || blob === undefined || type.index !== 0) return false;
	if (!types.test(type.text) || !/^[A-Za-z0-9+/]{20,}={0,2}$/.test(blob.text)) return false;
	const bytes = Buffer.from(blob.text, 'base64');
	const length = bytes.readUInt32BE(0);
	return bytes.subarray(4, 4 + length).toString('latin1') === type.text;
};

const types =
	/^(ssh-(ed25519|rsa|dss)|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com)$/;

/** Options end at the first blank outside of double quotes. */
const optionsEnd = (text: string): number => {
	let quoted = false;
	for (let at = 0; at < text.length; at++) {
		if (text[at] === '\\' && text[at + 1] === '"') at++;
		else if (text[at] === '"') quoted = !quoted;
		else if (!quoted && isBlank(text[at])) {
			while (isBlank(text[at])) at++;
			return at;
		}
	}
	return text.length;
};

const linesWith = (source: string, blob: string): readonly Span[] =>
	linesOf(source)
		.filter(line => keyInLine(line.text)?.blob === blob)
		.map(({start, next}) => ({start, end: next}));

const checked = (key: string): {readonly blob: string} => {
	const found = /[\r\n\0]/.test(key) ? undefined : keyInLine(key);
	if (found === undefined || found.options !== '')
		throw refusal(
			format,
			'this is no public key of one line',
			'Give the line of the .pub file: ssh-ed25519 AAAA… somebody@somewhere.',
		);
	return found;
};

/** The comment, or the end of the key: enough to know it by. */
const nameOf = (key: string): string => {
	const found = keyInLine(key);
	return found === undefined ? 'of no known type' : found.comment || `…${found.blob.slice(-12)}`;
};
