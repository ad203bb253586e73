/** Undo goes to the state before, never below the safety of the install, on every release. */
import {beforeAll} from 'vitest';
import {undoGoesToBefore} from '../host/support/before.ts';
import {buildProgram} from '../host/support/setup.ts';

beforeAll(buildProgram, 300_000);

undoGoesToBefore('bookworm');
undoGoesToBefore('bullseye');
undoGoesToBefore('trixie');
