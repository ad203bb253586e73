/** The resource types that first.test.ts leaves: see ../support/conformance.ts. */
// minutes: 11
import {conformanceTests} from '../support/conformance.ts';

conformanceTests('some', 'second half');
