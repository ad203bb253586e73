/** The releases that there is no time for in `npm test`. */
import {installsFromRequired} from '../host/support/required.ts';

installsFromRequired('bullseye');
installsFromRequired('bookworm');
installsFromRequired('jammy');
installsFromRequired('trixie');
