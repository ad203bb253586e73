/** `setup doctor` with the checks of the race instead of its own: the same start (see src/cli.ts), the same runner, the same report. */
import {enableCompileCache} from 'node:module';

enableCompileCache('/var/cache/host-setup/compiled');
const [which, ...argv] = process.argv.slice(2);
const [{doctorCommand}, {checksOf}, {large, small}] = await Promise.all([
	import('#commands/doctor/doctor.ts'),
	import('./doctor-checks.ts'),
	import('./doctor-facts.ts'),
]);
process.exit(
	await doctorCommand(
		argv,
		{stdout: process.stdout, stderr: process.stderr},
		checksOf(which === 'small' ? small : large),
	),
);
