/** What the doctor says of hosts with popular servers as Debian 12 installs them; other releases are looked at in the soak. */
import {describe} from 'vitest';
import {popularServers} from './support/popular.ts';

describe('popular servers with their defaults', () => popularServers('bookworm'));
