/** Text of files as text, whatever old encoding they are in, and back without changing a byte that nobody edited. */
import {Fault} from '#model/fault.ts';
import {reveal, type Text} from '#model/secret.ts';

export type Encoding = 'utf8' | 'latin1';

/** UTF-8 where the bytes are that, else Latin-1, in which every byte is a character and comes back as it was. */
export const decodeBytes = (bytes: Uint8Array): {readonly text: string; readonly encoding: Encoding} => {
	try {
		return {text: new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(bytes), encoding: 'utf8'};
	} catch {
		return {text: Buffer.from(bytes).toString('latin1'), encoding: 'latin1'};
	}
};

/** The bytes of a text in an encoding. Throws Fault file.encoding for characters that it does not have. */
export const encodeText = (text: Text | string, encoding: Encoding, path: string): Uint8Array => {
	const plain = typeof text === 'string' ? text : reveal(text);
	// biome-ignore lint/suspicious/noControlCharactersInRegex: all that Latin-1 has
	if (encoding === 'latin1' && /[^\u0000-\u00ff]/.test(plain))
		throw new Fault(
			'file.encoding',
			`${path} is not UTF-8, and what goes in cannot be written otherwise`,
			'Convert the file to UTF-8 (iconv), or answer with plain letters.',
		);
	return Buffer.from(plain, encoding);
};
