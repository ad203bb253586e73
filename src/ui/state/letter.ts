/** Letters as commands, on screens that take no text. */
import type {Key} from '../keyboard/keys.ts';

/** A single typed letter; a paste is never a command. */
export const letter = (key: Key): string | undefined => (key.key === 'text' && !key.paste ? key.text : undefined);
