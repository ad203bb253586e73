import {askDocker} from '#host/docker/client.ts';
import {dockerHost} from '#host/docker/engine.ts';
import {see} from '#host/see.ts';
import {unitState} from '#host/units/units.ts';
import {defineCheck} from '#model/check.ts';
import {type Finding, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {unit} from '#resources/units/unit.ts';
import {seen} from '../shared/seeing.ts';

/** Everything that runs in containers waits for one process. */
export const check = defineCheck({
	id: 'docker.engine',
	title: 'The container engine answers, starts at boot, and is supported',
	why: 'After a reboot containers come back only if the engine does. An engine that nobody mends any more has holes that lead from a container to root on the host.',
	reads: [
		'systemctl show docker.service docker.socket',
		'GET /version on /run/docker.sock; podman version where there is podman only',
		'the package that brought it',
	],
	severity: 'fail',
	layers: ['file', 'runtime'],
	source: 'ipynbsrv: Dedicated Node; cc-server: Docker Installation; openslides: Install Rocket (podman today)',
	verify: 'docker version; systemctl is-enabled docker',
	facts: {docker: dockerHost},
	appliesTo: ({facts}) =>
		facts.docker.docker !== undefined || facts.docker.podman || 'neither Docker nor podman is installed',
	async inspect({host, facts}) {
		const {docker, podman} = facts.docker;
		return findings(
			await Promise.all([
				...(docker === undefined ? [] : [dockerFinding(docker, host)]),
				...(podman && docker === undefined ? [podmanFinding(host)] : []),
			]),
		);
	},
	remedy: ({item}) =>
		item === 'podman'
			? {sentence: 'See what podman info says; it has no service of its own that would have to run.'}
			: {
					sentence: 'Enable and start it; journalctl -u docker says why where that fails.',
					commands: [['systemctl', 'enable', '--now', 'docker.service']],
				},
	fix: ({item}) => (item === 'podman' ? [] : [unit({name: 'docker.service', enabled: true, running: true})]),
});

const dockerFinding = async (from: string, host: Reader): Promise<Finding> => {
	const [service, socket] = await Promise.all([unitState('docker.service', host), unitState('docker.socket', host)]);
	const runtime =
		service.active === 'active'
			? await see(async () =>
					seen(`answers, ${versionIn(await askDocker('/version'))}`, 'GET /version on /run/docker.sock'),
				)
			: seen(service.active, 'systemctl show docker.service');
	const version = 'value' in runtime ? (/answers, (\S+)/.exec(String(runtime.value))?.[1] ?? '') : '';
	// What Debian packs it also mends; the project itself mends its last few branches.
	const old = from !== 'docker.io' && version !== '' && Number(version.split('.')[0]) < oldest;
	const up = service.active === 'active';
	return {
		item: 'docker',
		state: !up ? 'fail' : service.enabled === false || old ? 'warn' : 'ok',
		says: !up
			? `the engine does not run${service.active === 'failed' ? ` (${service.result})` : ''}`
			: service.enabled === false
				? `the engine runs, and ${socket.enabled === false ? 'will not start' : 'starts only when somebody asks it, so containers do not come back by themselves'} after the next boot`
				: old
					? `${version} is a branch that nobody mends any more`
					: `${version === '' ? 'it runs' : version}, from ${from}`,
		expected: 'enabled, answers, supported',
		layers: {file: seen(service.enabled === false ? 'disabled' : 'enabled', 'docker.service'), runtime},
	};
};

/** Branches of the moby project before this one got their last release in 2024 or earlier. */
const oldest = 25;

const podmanFinding = async (host: Reader): Promise<Finding> => {
	const runtime = await see(async () =>
		seen(
			`answers, ${(await host.query(['podman', 'version', '--format', '{{.Version}}'], {timeout: 4000})).trim()}`,
			'podman version',
		),
	);
	return {
		item: 'podman',
		state: 'ok',
		says: 'podman needs no service',
		expected: 'answers',
		layers: {file: seen('installed', 'package podman'), runtime},
	};
};

const versionIn = (answer: unknown): string =>
	(answer as {readonly Version?: string} | null)?.Version ?? 'without a version';
