/** CoralNet once installed: what somebody breaks is seen as itself and mended by the next apply. */
import {beforeAll, describe, expect} from 'vitest';
import {onCoralnet} from '../host/support/coralnet.ts';
import {coralnetBreakages} from '../host/support/coralnet-breakages.ts';
import {brokenAndMended} from '../host/support/drift.ts';
import {buildProgram, planIn} from '../host/support/setup.ts';
import {hostTest} from '../host/support/with-host.ts';

beforeAll(buildProgram, 300_000);

describe('CoralNet, installed', () => {
	hostTest('each broken thing is seen as itself, and the next apply mends it', onCoralnet(), async host => {
		expect((await planIn(host)).notOk).toEqual([]);
		expect(await brokenAndMended(host, coralnetBreakages)).toEqual([]);
		expect((await planIn(host)).notOk).toEqual([]);
	});
});
