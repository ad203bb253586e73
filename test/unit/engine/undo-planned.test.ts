/** What an undo says of a thing that it cannot look at now. */
import {expect, test} from 'vitest';
import type {Part} from '#engine/standing.ts';
import {guarded} from '#engine/undo-part.ts';
import {Blocked} from '#model/unknown.ts';

const asleep = async (): Promise<never> => {
	throw new Blocked({because: 'until', thing: 'unit:postgresql.service'});
};

test.each([
	[true, 'postgresql.service does not run; where an undo stopped it, undo starts it and looks then'],
	[false, 'it cannot be looked at now: until unit:postgresql.service is there'],
])('of a server that an earlier undo stopped; planned: %s', async (planned, why) => {
	expect(await guarded({} as Part, asleep, planned)).toEqual({outcome: 'kept', why});
});
