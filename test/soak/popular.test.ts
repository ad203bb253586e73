/** What the doctor says of hosts with popular servers as the other releases install them. */
import {describe} from 'vitest';
import type {Release} from '#rehearse/base.ts';
import {popularServers} from '../host/doctor/support/popular.ts';

describe.each(['bullseye', 'trixie', 'noble'] as const satisfies readonly Release[])('%s', release =>
	popularServers(release),
);
