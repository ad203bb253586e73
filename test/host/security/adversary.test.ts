/** Everything that the application's user can do with the names in its directory, while root works there: see support/adversary.ts. */
import {adversaryRounds} from '../support/adversary.ts';

adversaryRounds(20);
