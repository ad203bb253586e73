import {askDocker} from '#host/docker/client.ts';
import {dockerHost} from '#host/docker/engine.ts';
import {see} from '#host/see.ts';
import {unitState} from '#host/units/units.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings, type Remedy, type Sight} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {unit} from '#resources/units/unit.ts';
import {seen} from '../shared/seeing.ts';
import {maskedKind} from '../shared/service.ts';

const start: Remedy = {
	sentence: 'Enable and start it; journalctl -u docker says why where that fails.',
	commands: [['systemctl', 'enable', '--now', 'docker.service']],
};

const started = () => [unit({name: 'docker.service', enabled: true, running: true})];

const kinds = defineKinds({
	masked: maskedKind('docker.service'),
	down: {
		state: 'fail',
		example: {failed: 'exit-code' as string | undefined},
		says: ({failed}) => `the engine does not run${failed === undefined ? '' : ` (${failed})`}`,
		remedy: start,
		fix: started,
	},
	notAtBoot: {
		state: 'warn',
		example: {bySocket: true},
		says: ({bySocket}) =>
			`the engine runs, and ${bySocket ? 'starts only when somebody asks it, so containers do not come back by themselves' : 'will not start'} after the next boot`,
		remedy: start,
		fix: started,
	},
	old: {
		state: 'warn',
		example: {version: '20.10.24', from: 'docker-ce'},
		says: ({version}) => `${version} is a branch that nobody mends any more`,
		remedy: ({from}) => ({
			sentence: `Upgrade the package ${from} from the archive of its makers, or take docker.io of the distribution in its place; containers stop while the engine restarts.`,
		}),
	},
});

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
	kinds,
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
});

const dockerFinding = async (from: string, host: Reader): Promise<FoundOf<typeof kinds>> => {
	const [service, socket] = await Promise.all([unitState('docker.service', host), unitState('docker.socket', host)]);
	const up = service.active === 'active';
	let version: string | undefined;
	const runtime = up
		? await see(async () => {
				version = versionIn(await askDocker('/version'));
				return seen(`answers, ${version ?? 'without a version'}`, 'GET /version on /run/docker.sock');
			})
		: seen(service.active, 'systemctl show docker.service');
	// What Debian packs it also mends; the project itself mends its last few branches.
	const old = from !== 'docker.io' && version !== undefined && Number(version.split('.')[0]) < oldest;
	const sight: Sight = {
		item: 'docker',
		expected: 'enabled, answers, supported',
		layers: {file: seen(service.enabled === false ? 'disabled' : 'enabled', 'docker.service'), runtime},
	};
	if (service.load === 'masked') return {...sight, is: 'masked', data: {unit: 'docker.service', runs: up}};
	if (!up) return {...sight, is: 'down', data: {failed: service.active === 'failed' ? service.result : undefined}};
	if (service.enabled === false) return {...sight, is: 'notAtBoot', data: {bySocket: socket.enabled !== false}};
	if (old) return {...sight, is: 'old', data: {version: version ?? '', from}};
	return {...sight, is: 'ok', says: `${version ?? 'it runs'}, from ${from}`};
};

/** Branches of the moby project before this one got their last release in 2024 or earlier. */
const oldest = 25;

const podmanFinding = async (host: Reader): Promise<FoundOf<typeof kinds>> => {
	const runtime = await see(async () =>
		seen(
			`answers, ${(await host.query(['podman', 'version', '--format', '{{.Version}}'], {timeout: 4000})).trim()}`,
			'podman version',
		),
	);
	return {
		item: 'podman',
		is: 'ok',
		says: 'podman needs no service',
		expected: 'answers',
		layers: {file: seen('installed', 'package podman'), runtime},
	};
};

const versionIn = (answer: unknown): string | undefined => (answer as {readonly Version?: string} | null)?.Version;
