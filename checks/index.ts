/** Made by `node checks/make-index.ts`, because whoever adds a check should not have to edit a list. All checks, by subject and name. */
import type {AnyCheck} from '#model/check.ts';
import {check as hostFailedUnits} from './host/failed-units.ts';

// biome-ignore format: made by a program, one line each
export const checks: readonly AnyCheck[] = [
	hostFailedUnits,
];
