/** The adversary for hours, so that the rare moment comes too. */
import {adversaryRounds} from '../host/support/adversary.ts';

adversaryRounds(500);
