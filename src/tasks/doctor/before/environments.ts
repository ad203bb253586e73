/** Environments of Python belong to one version of it: the next release takes that away, and a service that runs from one goes on from memory until its next start. */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {textOf} from '#host/files/text-of.ts';
import {isContained, type Process, processTable, serviceOf} from '#host/system/process-table.ts';
import {type AnyCheck, defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import type {Coming} from './coming-release.ts';

export const beforeEnvironments = ({name, python, php, notes}: Coming): AnyCheck => {
	const kinds = defineKinds({
		python: {
			state: 'fail',
			example: {directory: '/srv/app/venv', version: '3.11', by: 'gunicorn.service'},
			says: ({directory, version, by}) =>
				`${directory} (${by}) is an environment of Python ${version}, and ${name} has ${python}: it does not start again after the upgrade`,
			remedy: ({directory}) => ({
				sentence:
					'What setup installed: setup apply makes it anew after the upgrade. Else keep the list of what is in it now, see that all of it knows the new Python, and make it anew afterwards (rm -r, python3 -m venv, pip install -r).',
				commands: [[`${directory}/bin/pip`, 'freeze']],
			}),
		},
		php: {
			state: 'warn',
			example: {version: '8.2'},
			says: ({version}) =>
				`PHP ${version} is not in ${name}, which has ${php}: php${version}-fpm and its pools stay behind, without security updates`,
			remedy: ({version}) => ({
				sentence: `After the upgrade: install php${php}-fpm, take over what was changed in /etc/php/${version}, name the new socket in the sites, and purge php${version}.`,
			}),
		},
	});
	const check = defineCheck({
		id: 'before.environments',
		title: `What runs here starts again with the interpreters of ${name}`,
		why: 'An upgrade changes the interpreter below a service and does not start the service: that it cannot start any more shows at the next reboot.',
		reads: [
			'/proc/PID/cmdline: the environments that programs run from',
			'pyvenv.cfg of each',
			'/var/lib/dpkg/status: php*-fpm',
		],
		severity: 'fail',
		layers: ['file'],
		source: `venv of Python's library reference ("environments are not portable"); ${notes}`,
		verify: 'the service, restarted after the upgrade, answers',
		facts: {packages, processes: processTable},
		kinds,
		async inspect({host, facts}) {
			const environments = await environmentsOf(facts.processes, host);
			const old = environments.filter(({version}) => version !== python);
			const fpm = [...facts.packages.all.values()].flatMap(one => {
				const [, version] = /^php(\d\.\d)-fpm$/.exec(one.name) ?? [];
				return version !== undefined && version !== php && isInstalled(one) ? [version] : [];
			});
			return findings<FoundOf<typeof kinds>>(
				[
					...old.map(
						({directory, version, by}): FoundOf<typeof kinds> => ({
							is: 'python',
							item: directory,
							data: {directory, version, by},
							expected: python,
							layers: {file: {value: version, where: `${directory}/pyvenv.cfg`}},
						}),
					),
					...fpm.map(
						(version): FoundOf<typeof kinds> => ({
							is: 'php',
							item: `php${version}`,
							data: {version},
							expected: php,
							layers: {file: {value: version, where: '/var/lib/dpkg/status'}},
						}),
					),
				],
				{
					is: 'ok',
					expected: python,
					layers: {file: {value: environments.map(one => one.directory), where: '/proc/PID/cmdline'}},
				},
			);
		},
	});
	return check;
};

type Environment = {readonly directory: string; readonly version: string; readonly by: string};

/** Those that somebody runs from: `/srv/app/venv/bin/gunicorn` names one, as the program or as what the program is given. */
const environmentsOf = async (
	processes: ReadonlyMap<number, Process>,
	host: Reader,
): Promise<readonly Environment[]> => {
	const by = new Map<string, string>();
	for (const one of processes.values())
		if (!isContained(one))
			for (const word of one.argv.slice(0, 2)) {
				const [, directory] = /^(\/\S+)\/bin\/[^/\s]+$/.exec(word) ?? [];
				if (directory !== undefined && !by.has(directory)) by.set(directory, serviceOf(one) ?? `process ${one.pid}`);
			}
	const found = await Promise.all(
		[...by].map(async ([directory, service]) => {
			const [, version] =
				/^version(?:_info)?[ \t]*=[ \t]*(\d+\.\d+)/m.exec((await textOf(host, `${directory}/pyvenv.cfg`)) ?? '') ?? [];
			return version === undefined ? [] : [{directory, version, by: service}];
		}),
	);
	return found.flat();
};
