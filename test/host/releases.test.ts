/** The newest Ubuntu that the README promises; the others are in test/soak/releases.test.ts and in ipynbsrv.test.ts. */
// minutes: 3
import {installsFromRequired} from './support/required.ts';

installsFromRequired('noble');
