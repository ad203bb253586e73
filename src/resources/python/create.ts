/** Making a Python environment: by venv, by the distribution's virtualenv, or by a virtualenv of a given version for interpreters that no longer have one. */
import {dirname, join} from 'node:path';
import {ownerOf} from '#host/system/accounts.ts';
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import {clear} from '../shared/clear.ts';
import {pipEnvironment, pipInstall} from './pip.ts';
import type {VenvSpec} from './venv-spec.ts';

/** Makes it, or makes it again in place. Throws Fault venv.no-ensurepip, venv.no-virtualenv, venv.*. */
export const createEnvironment = async (host: Host, spec: VenvSpec, again: boolean): Promise<void> => {
	const {directory, kind, python, user} = spec;
	if (kind.tool === 'system') return;
	const stat = await host.stat(directory);
	const attributes = {mode: 0o755, owner: await ownerOf(host, user)};
	if (stat === undefined) await host.mkdir(directory, attributes);
	else if (!again) await host.own(directory, {...attributes, was: stat.id});
	const options = [...(again ? ['--clear'] : []), ...(kind.systemPackages ? ['--system-site-packages'] : [])];
	const env = await pipEnvironment(host, {});
	if (kind.tool === 'venv')
		return host.exec([python, '-m', 'venv', ...options, directory], {as: user, fetches: true, env}).catch(error => {
			throw venvFault(error);
		});
	const make = [...options, '--no-periodic-update', '--python', python, directory];
	if (kind.version === undefined)
		return host.exec(['virtualenv', ...make], {as: user, fetches: true, env}).catch(error => {
			throw error instanceof Fault && error.code === 'program.missing'
				? new Fault(
						'venv.no-virtualenv',
						'there is no virtualenv on this host',
						'Add the package virtualenv, or name a version in the answers.',
						{
							cause: error,
						},
					)
				: error;
		});
	const maker = join(dirname(directory), `.virtualenv-${kind.version}.host-setup~`);
	await clear(host, maker);
	await host.mkdir(maker, {mode: 0o755, owner: await ownerOf(host, user)});
	try {
		await host.exec(['/usr/bin/python3', '-m', 'venv', maker], {as: user, fetches: true, env}).catch(error => {
			throw venvFault(error);
		});
		await pipInstall(host, `${maker}/bin/python`, user, [`virtualenv==${kind.version}`], spec);
		// What another virtualenv kept in the user's home may be a pip that this interpreter cannot run.
		await host.exec([`${maker}/bin/python`, '-m', 'virtualenv', '--app-data', `${maker}/app-data`, ...make], {
			as: user,
			fetches: true,
			env: {...env, XDG_DATA_HOME: `${maker}/data`},
		});
	} finally {
		await clear(host, maker);
	}
};

const venvFault = (error: unknown): unknown =>
	error instanceof Fault && /ensurepip|No module named venv/.test(error.details.join('\n'))
		? new Fault(
				'venv.no-ensurepip',
				'this Python cannot make environments',
				"Add the package python3-venv (or the one of the interpreter's version), then run it again.",
				{details: error.details, cause: error},
			)
		: error;
