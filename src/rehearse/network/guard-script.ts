/**
 * What a guard does, as sh: a second Node would cost 40 MB for as long as the host lives. The scripts are constant; what
 * they work on comes as positional parameters.
 */
import {join} from 'node:path';
import {textBeside} from '#host/files/text-beside.ts';
import {cgroupsOf} from '../machine/cgroups.ts';
import {type Claim, recordPath, recordsDir} from '../made-so-far.ts';
import {subnetOf, vethOf} from './addresses.ts';

/** The argv of a guard, to be run in a mount namespace of its own, with the owner's network namespace as descriptor 3. */
export const guardArgv = (one: Claim): readonly string[] => [
	'sh',
	'-c',
	textBeside(import.meta.url, './guard.sh'),
	`host-setup-guard-${one.name}`,
	textBeside(import.meta.url, './guard-network.sh'),
	one.dir,
	recordPath(one.slot),
	vethOf(one.slot),
	subnetOf(one.slot),
	join(recordsDir, 'forwarding'),
	...cgroupsOf(one.slot),
];
