/** The name with which doors are tried: nobody has it, so nobody is locked out by it, and whoever finds it in a log can tell who knocked. */
import {randomBytes} from 'node:crypto';

/** The same for the whole look. Made at first use: a program that was kept as a snapshot would always have the same one. */
export const nobody = (): string => {
	made ??= `setup-nobody-${randomBytes(4).toString('hex')}`;
	return made;
};
let made: string | undefined;

/** Milliseconds for one try. */
export const tryPatience = 3000;
