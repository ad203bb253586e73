/**
 * The firewall on booted hosts with a second port of sshd in a drop-in, Docker with a published port, and a service that is nobody's business: taken
 * back where a new connection fails or nobody confirms it, kept where one came through, there after a boot, and gone without a trace.
 */
// minutes: 2
import {connect} from 'node:net';
import {beforeAll, expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {sh} from './doctor/support/inside.ts';
import {withProgram} from './doctor/support/recipes.ts';
import {answersOf} from './support/own-stacks.ts';
import {applyIn, buildProgram, planIn, setup, undoIn} from './support/setup.ts';
import {lineTo} from './support/ssh.ts';
import {until} from './support/until.ts';
import {hostTest, withPackages} from './support/with-host.ts';

const layer = withPackages('firewall', [
	'libatomic1',
	'openssh-server',
	'nftables',
	'iproute2',
	'ufw',
	'docker.io',
	'iptables',
	'busybox-static',
]);
const plain = ['/var/lib/docker', '/var/lib/containerd'];
const want = withProgram({layer: {...layer, options: {plain}}, plain, timeout: 420_000});
const nftables = {by: 'nftables', confirm: 'proof'} as const;

beforeAll(buildProgram, 300_000);

/** Does a new connection from elsewhere come through? */
const comes = (host: ThrowAway, port: number): Promise<boolean> =>
	new Promise(resolve => {
		const socket = connect({host: host.address, port, timeout: 1500});
		const end = (came: boolean) => (): void => {
			socket.destroy();
			resolve(came);
		};
		socket.on('connect', end(true)).on('timeout', end(false)).on('error', end(false));
	});
const open = async (host: ThrowAway): Promise<readonly number[]> => {
	const ports = [22, 2222, 8080, 9000];
	const came = await Promise.all(ports.map(port => comes(host, port)));
	return ports.filter((_port, index) => came[index]);
};

/** A stack of the firewall alone. */
const stackOf = async (host: ThrowAway): Promise<void> => {
	await sh(host, 'mkdir -p /etc/host-setup/stacks/wall');
	await host.must(['tee', '/etc/host-setup/stacks/wall/stack.ts'], {
		stdin: `export default ({z, defineStack, step, makers, steps}) => defineStack({
	id: 'wall', title: 'Wall', about: 'Of a test.', guide: 'none', steps: [
		step({id: 'packages', title: 'p', about: 'p', guide: 'none', questions: z.strictObject({}),
			resources: () => [makers.dpkgConsistent({}, {provides: ['done:requirements']})]}),
		steps.firewall({guide: 'none', ports: [80], by: 'nftables'}),
	],
});
`,
	});
};

const furnish = async (host: ThrowAway): Promise<void> => {
	await stackOf(host);
	await sh(host, 'printf "Port 22\\nPort 2222\\n" > /etc/ssh/sshd_config.d/second.conf; systemctl restart ssh');
	await host.must(['tee', '/etc/systemd/system/nosy.service'], {
		stdin:
			'[Service]\nExecStart=/bin/busybox nc -ll -p 9000 -e /bin/echo nosy\n[Install]\nWantedBy=multi-user.target\n',
	});
	await sh(host, 'systemctl daemon-reload; systemctl enable --now nosy docker');
	await sh(
		host,
		'tar -C / -c bin/busybox | docker import - box && docker run -d --restart=always --name box -p 8080:80 box /bin/busybox nc -ll -p 80 -e /bin/busybox echo hello',
	);
	await until(async () => (await open(host)).length === 4, {deadline: 60_000, what: 'four ports open'});
};

const doctorSays = async (host: ThrowAway): Promise<string | undefined> => {
	const {stdout} = await host.run([setup, 'doctor', 'host.firewall', '--format', 'json']);
	return (JSON.parse(stdout) as {rows: {state: string}[]}).rows[0]?.state;
};
const fromContainer = (host: ThrowAway): Promise<string> =>
	sh(host, 'docker exec box /bin/busybox sh -c "/bin/busybox nc -w 3 172.17.0.1 9000 < /dev/null"');
const tables = async (host: ThrowAway): Promise<string> => (await host.run(['nft', 'list', 'tables'])).stdout;
const before = async (host: ThrowAway) => ({
	files: await sh(
		host,
		'sha256sum /etc/nftables.conf /etc/ufw/*.rules /etc/ufw/ufw.conf; systemctl is-enabled nftables || true',
	),
	tables: await tables(host),
	forward: await sh(host, 'iptables -S FORWARD | head -1'),
});

hostTest(
	'nftables: refused without a proof, taken back without a login, kept with one, there after a boot, undone',
	want,
	async host => {
		await furnish(host);
		const as = await before(host);

		// Somebody's own rules keep new connections from the second port: what setup adds is not to blame, and not left.
		await sh(
			host,
			'nft add table inet foe; nft "add chain inet foe input { type filter hook input priority -5; }"; nft add rule inet foe input tcp dport 2222 drop',
		);
		const refused = await applyIn(host, {file: answersOf(host, 'wall', {firewall: nftables})});
		expect(refused.faults.join('\n')).toMatch(/firewall\.unproven.*port 2222 over IPv4/);
		await sh(host, 'nft delete table inet foe');
		expect(await before(host)).toEqual(as);

		// Nobody logs in: a timer of systemd's takes it back, whatever became of setup.
		const waits = answersOf(host, 'wall', {firewall: {by: 'nftables', confirm: 'login', minutes: 1}});
		expect(await applyIn(host, {file: waits})).toMatchObject({outcome: 'done', changed: 1});
		expect(await open(host)).toEqual([22, 2222, 8080]);
		expect((await planIn(host, {file: waits})).notOk).toEqual([]);
		expect((await host.run([setup, 'firewall', 'confirm'])).stderr).toMatch(/\[firewall\.old-login\]/);
		await until(async () => (await open(host)).includes(9000), {deadline: 90_000, what: 'the timer'});
		expect(await before(host)).toEqual(as);
		expect((await host.run([setup, 'firewall', 'confirm'])).stderr).toMatch(/\[firewall\.no-trial\]/);
		// What was refused is no run.
		expect(await host.must([setup, 'log'])).not.toContain('firewall confirm');

		// Somebody logs in anew, and it stays.
		expect((await applyIn(host, {file: waits})).changed).toBe(1);
		const line = await lineTo(host);
		const confirmed = await line.open(['firewall', 'confirm']);
		expect((await confirmed.ended).code, confirmed.history()).toBe(0);
		line.remove();
		expect((await host.run(['systemctl', 'is-active', 'host-setup-firewall-back.timer'])).stdout).toBe('inactive\n');
		expect((await planIn(host, {file: waits})).notOk).toEqual([]);
		expect([await open(host), await fromContainer(host), await doctorSays(host)]).toEqual([
			[22, 2222, 8080],
			'nosy\n',
			'ok',
		]);

		await host.reboot();
		await until(async () => (await open(host)).length === 3, {deadline: 60_000, what: 'three ports after the boot'});
		expect([await open(host), await doctorSays(host)]).toEqual([[22, 2222, 8080], 'ok']);

		const undone = await undoIn(host, 'wall');
		expect(undone.code, undone.stdout + undone.stderr).toBe(0);
		expect(await before(host)).toEqual(as);
		expect(await open(host)).toEqual([22, 2222, 8080, 9000]);
	},
);

hostTest(
	"ufw: nobody there to confirm; an operator's own rules and Docker's stay; in charge, it stays in charge",
	want,
	async host => {
		await furnish(host);
		await sh(host, 'ufw limit 2222/tcp');
		const as = await before(host);
		const rules = await sh(host, 'ufw show added');
		const file = answersOf(host, 'wall', {firewall: {by: 'ufw'}});
		expect(await applyIn(host, {file})).toMatchObject({outcome: 'done', changed: 1});
		expect([await open(host), await fromContainer(host), await doctorSays(host)]).toEqual([
			[22, 2222, 8080],
			'nosy\n',
			'ok',
		]);
		expect(await sh(host, 'ufw status')).toMatch(/^2222\/tcp +LIMIT/m);
		expect((await planIn(host, {file})).notOk).toEqual([]);
		// Without an answer what is in charge stays in charge.
		expect((await planIn(host, {file: answersOf(host, 'wall', {})})).notOk).toEqual([]);
		await undoIn(host, 'wall');
		expect(await sh(host, 'ufw show added')).toBe(rules);
		expect(await before(host)).toMatchObject({forward: as.forward});
		expect(await open(host)).toEqual([22, 2222, 8080, 9000]);

		// Whom an operator's ufw lets in over SSH is not for a stack to widen.
		await sh(host, `ufw allow from ${host.gateway} to any port 22 proto tcp && ufw --force enable`);
		const {stdout: plan} = await host.run([setup, 'plan', answersOf(host, 'wall', {firewall: {by: 'ufw'}})]);
		expect(plan).toMatch(/ufw, port 80\/tcp/);
		expect(plan).not.toMatch(/ufw, port 22\/tcp/);
	},
);
