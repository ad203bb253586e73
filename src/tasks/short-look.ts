/** How V8 works for what is over in a second. */
import {setFlagsFromString} from 'node:v8';

/**
 * From here on V8 optimizes nothing: a look is over before code that was optimized would pay for what that cost, a tenth of its time and of its memory. To be
 * called once most is loaded, because what was compiled before for other flags is not taken.
 */
export const optimizeNothing = (): void => {
	setFlagsFromString('--no-opt');
	setFlagsFromString('--no-maglev');
};
