/** Tones as colours of middle lightness, which can be read on a light and on a dark background; a test holds their contrast against both. */
import type {Tone} from '../../view/types.ts';

/** Places in the 256-colour table; terminals with fewer get the nearest. */
export const colourOf: Readonly<Partial<Record<Tone, number>>> = {
	quiet: 243,
	accent: 31,
	good: 28,
	warn: 130,
	bad: 161,
};

/** What Ink's Text takes. */
export const toneProps = (tone: Tone, colour: boolean): {readonly bold?: boolean; readonly color?: string} => {
	const place = colourOf[tone];
	return {...(tone === 'bold' && {bold: true}), ...(colour && place !== undefined && {color: `ansi256(${place})`})};
};
