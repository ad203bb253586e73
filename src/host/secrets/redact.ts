/** Takes every secret of this process out of a line before it is shown, logged or journaled, in the forms programs like to print them. */
import {secretValues} from '#model/secret.ts';

const shortest = 4;
let seen = -1;
let forms: readonly string[] = [];

/** The text with each known secret (plain, base64, URL-encoded, JSON- or shell-quoted) replaced by dots. Secrets under 4 characters are left: they would blank out ordinary words. */
export const redact = (text: string): string => {
	const values = secretValues();
	if (values.length !== seen) {
		seen = values.length;
		forms = [...new Set(values.filter(value => value.length >= shortest).flatMap(formsOf))].sort(
			(a, b) => b.length - a.length,
		);
	}
	return forms.reduce((out, form) => (out.includes(form) ? out.replaceAll(form, '••••') : out), text);
};

const formsOf = (value: string): readonly string[] =>
	[
		value,
		Buffer.from(value).toString('base64'),
		Buffer.from(value).toString('base64').replace(/=+$/, ''),
		Buffer.from(value).toString('base64url'),
		encodeURIComponent(value),
		JSON.stringify(value).slice(1, -1),
		value.replaceAll("'", `'\\''`),
		value.replaceAll("'", "''"),
	].filter(form => form.length >= shortest);
