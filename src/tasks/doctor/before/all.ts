/** The checks of `setup doctor --before RELEASE`: what the release that comes next takes away from this host. They are looked at when somebody asks, and in no other look. */
import type {AnyCheck} from '#model/check.ts';
import type {Coming} from './coming-release.ts';
import {beforeConfiguration} from './configuration.ts';
import {beforeDatabases} from './databases.ts';
import {beforeEnvironments} from './environments.ts';
import {beforePackages} from './packages.ts';
import {beforeReady} from './ready.ts';

export const beforeChecks = (coming: Coming): readonly AnyCheck[] => [
	beforeReady(coming),
	beforePackages(coming),
	beforeEnvironments(coming),
	beforeDatabases(coming),
	beforeConfiguration(coming),
];
