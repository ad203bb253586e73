/** Every resource type on every release it names, a throw at every act: see ../host/support/conformance.ts. */
import {conformanceTests} from '../host/support/conformance.ts';

conformanceTests('every');
