/** Text from the host inside XML and HTML: nothing of it may become markup or drive a terminal, and XML 1.0 has no way to write most control characters. */

/** For element content and for attributes in either quote. Lone surrogates and control characters become U+FFFD. */
export const escapeXml = (text: string): string =>
	text
		.toWellFormed()
		// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
		.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g, '\ufffd')
		.replace(/[&<>"'\r\n\t]/g, character => entities[character] ?? character);

const entities: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;',
	'\r': '&#13;',
	'\n': '&#10;',
	'\t': '&#9;',
};
