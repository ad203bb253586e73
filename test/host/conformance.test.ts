/** Every resource type on a booted host: see support/conformance.ts. */
import {conformanceTests} from './support/conformance.ts';

conformanceTests('some');
