/** Every other resource type on a booted host: see ../support/conformance.ts. */
// minutes: 10
import {conformanceTests} from '../support/conformance.ts';

conformanceTests('some', 'first half');
