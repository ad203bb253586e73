/** A rehearsal promises that the host stays as it is: what it needs of the host itself is asked for first, and named. */
import {createInterface} from 'node:readline/promises';
import {programFault, runProgram} from '#host/programs/run-program.ts';
import {missingPrograms, needsPackages, preflight} from '#rehearse/preflight.ts';
import type {Output} from '#tasks/output.ts';

/** Installs what is missing after a yes (or --yes). Throws Fault rehearse.needs, also where nobody can be asked. */
export const prepareHost = async (
	{base, yes}: {readonly base?: string; readonly yes: boolean},
	out: Output,
): Promise<void> => {
	const what = base === undefined ? 'host' : 'base';
	const missing = missingPrograms(what);
	if (missing.length > 0 && process.getuid?.() === 0) {
		const packages = [...new Set(missing.map(one => one.package))];
		if (!yes && !(await agreed(packages, out))) throw needsPackages(missing);
		out.stderr.write(`Installing ${packages.join(', ')} on this host\n`);
		await installed(packages);
	}
	const [fault] = preflight(what);
	if (fault) throw fault;
};

const agreed = async (packages: readonly string[], out: Output): Promise<boolean> => {
	if (!process.stdin.isTTY || out.stderr.isTTY !== true) return false;
	const reader = createInterface({input: process.stdin, output: process.stderr});
	try {
		return /^y(es)?$/i.test(
			(
				await reader.question(
					`A rehearsal needs ${packages.join(', ')} on this host itself. Install with apt-get? [y/N] `,
				)
			).trim(),
		);
	} finally {
		reader.close();
	}
};

const installed = async (packages: readonly string[]): Promise<void> => {
	const env = {DEBIAN_FRONTEND: 'noninteractive', NEEDRESTART_SUSPEND: '1'};
	const install = [
		'apt-get',
		'-o',
		'DPkg::Lock::Timeout=600',
		'-o',
		'Dpkg::Use-Pty=0',
		'install',
		'--yes',
		'--no-install-recommends',
		...packages,
	];
	if ((await runProgram(install, {env, fetches: true})).code === 0) return;
	await runProgram(['apt-get', '-o', 'DPkg::Lock::Timeout=600', 'update'], {env, fetches: true});
	const ran = await runProgram(install, {env, fetches: true});
	if (ran.code !== 0) throw programFault(install, ran);
};
