/** The oldest Debian and the newest Ubuntu that the README promises; the others are in test/soak/releases.test.ts and in ipynbsrv.test.ts. */
import {installsFromRequired} from './support/required.ts';

installsFromRequired('bullseye');
installsFromRequired('noble');
