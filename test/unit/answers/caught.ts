/** The fault that something throws, for looking into it. */
import {Fault} from '#model/fault.ts';

export const caught = async (act: () => Promise<unknown>): Promise<Fault> => {
	try {
		await act();
	} catch (error) {
		if (error instanceof Fault) return error;
		throw error;
	}
	throw new Error('nothing was thrown');
};
