/** The throw-away host itself, on real booted systems: what it keeps apart, and that nothing of it stays. */
import {execFileSync, spawn} from 'node:child_process';
import {createSocket} from 'node:dgram';
import {once} from 'node:events';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {connect, createServer} from 'node:net';
import {networkInterfaces} from 'node:os';
import {createInterface} from 'node:readline';
import {describe, expect} from 'vitest';
import {digestDiff, digestTree} from '#rehearse/digest.ts';
import {type Claim, claims} from '#rehearse/made-so-far.ts';
import {forwardNames} from '#rehearse/network/nameservers.ts';
import {closeKept, sweep} from '#rehearse/network/network-guard.ts';
import {bring} from '#rehearse/program.ts';
import {openHost, type ThrowAway} from '#rehearse/throwaway.ts';
import {holdAptLock} from './support/apt-lock.ts';
import {addDebs} from './support/debs.ts';
import {until} from './support/until.ts';
import {hostTest, layersOf, machineTest, packageLists, withHost, withPackages} from './support/with-host.ts';

const checkout = new URL('../..', import.meta.url).pathname.replace(/\/$/, '');

describe('a host from a base image', () => {
	for (const release of ['bookworm', 'trixie'] as const) {
		hostTest(`${release} boots, runs programs, keeps files over a reboot`, {release, network: 'none'}, async host => {
			expect(await host.must(['id', '-u'])).toBe('0\n');
			expect((await host.must(['systemctl', 'is-system-running'])).trim()).toBe('running');
			expect(await host.must(['id', '-un'], {as: 'www-data'})).toBe('www-data\n');
			expect(await host.must(['printenv', 'HOME'], {as: 'www-data'})).toBe('/var/www\n');
			expect(await host.must(['cat'], {stdin: 'quotes \' " $(id)\n'})).toBe('quotes \' " $(id)\n');
			expect((await host.run(['sh', '-c', 'exit 7'])).code).toBe(7);
			const boot = await host.must(['cat', '/proc/sys/kernel/random/boot_id']);
			await host.must(['touch', '/etc/kept']);
			await host.reboot();
			await host.must(['ls', '/etc/kept']);
			expect(await host.must(['cat', '/proc/sys/kernel/random/boot_id'])).not.toBe(boot);
			await host.reboot({hard: true});
			await host.must(['ls', '/etc/kept']);
			expect((await host.changes()).files).toContainEqual({path: '/etc/kept', change: 'added'});
		});
	}

	hostTest('a program that takes too long is killed with all it started', {network: 'none'}, async host => {
		const error = await host
			.run(['sh', '-c', 'sleep 1234 & sleep 1234'], {timeout: 1000})
			.catch((caught: unknown) => caught);
		expect(error).toMatchObject({code: 'rehearse.timeout'});
		await until(() => !commandLines().some(line => line === 'sleep 1234'), {what: 'the end of both sleeps'});
	});

	hostTest('it may turn itself off, says so, and starts again', {network: 'none'}, async host => {
		await host.run(['systemctl', 'poweroff']);
		await until(() => isOff(host), {deadline: 60_000, what: 'the end of the shutdown'});
		await expect(host.run(['true'])).rejects.toMatchObject({code: 'rehearse.off'});
		await host.start();
		await host.must(['true']);
	});

	hostTest(
		'the environment inside is the allow-listed one, and root may not set the clock',
		{network: 'none'},
		async host => {
			process.env['HS_CANARY'] = 'leaked';
			expect(await host.must(['env'])).not.toContain('HS_CANARY');
			expect((await host.run(['date', '-s', '2001-01-01'])).code).not.toBe(0);
			expect(new Date().getFullYear()).toBeGreaterThan(2020);
		},
	);

	hostTest('changes are told: added, changed, removed, also by a replaced directory', {network: 'none'}, async host => {
		await host.must([
			'sh',
			'-c',
			'echo x >> /etc/issue; rm /etc/issue.net; rm -r /etc/cron.daily; mkdir /etc/cron.daily; touch /etc/cron.daily/new; chmod 600 /etc/motd; touch /etc/profile',
		]);
		const {files} = await host.changes();
		const of = (path: string): string | undefined => files.find(one => one.path === path)?.change;
		expect(of('/etc/issue')).toBe('changed');
		expect(of('/etc/issue.net')).toBe('removed');
		expect(of('/etc/cron.daily/new')).toBe('added');
		expect(of('/etc/cron.daily/dpkg')).toBe('removed');
		expect(of('/etc/motd')).toBe('changed');
		expect(of('/etc/profile')).toBeUndefined();
	});

	hostTest('packages and open ports are told, and a digest proves an undo', {layer: packageLists}, async host => {
		const before = digestTree(host.upper, path => !path.startsWith('/etc'));
		const install = host.must(['apt-get', 'install', '-y', '--no-install-recommends', 'netcat-openbsd']);
		await install;
		const listening = new AbortController();
		const server = host.run(['nc', '-lk', '8123'], {signal: listening.signal});
		await until(async () => (await host.changes()).ports.some(port => port.port === 8123), {what: 'port 8123 open'});
		listening.abort();
		await server;
		expect((await host.changes()).packages.added.join()).toContain('netcat-openbsd');
		await host.must(['sh', '-c', 'echo 10.0.0.1 somewhere >> /etc/hosts']);
		expect(
			digestDiff(
				before,
				digestTree(host.upper, path => !path.startsWith('/etc')),
			),
		).not.toEqual([]);
	});
});

describe('its network', () => {
	hostTest('lets out names and web, refuses mail and the rest at once', {layer: packageLists}, async host => {
		await host.must(['apt-get', 'update', '-q']);
		expect(await reach(host, 'deb.debian.org', 80)).toBe('open');
		expect(await reach(host, 'deb.debian.org', 25)).toBe('refused');
		expect(await reach(host, 'deb.debian.org', 587)).toBe('refused');
		expect(await reach(host, 'deb.debian.org', 5432)).toBe('refused');
		expect(await reach(host, host.gateway, 22)).toBe('refused');
	});

	machineTest('reaches what the answers name and nothing else of this machine', {}, async () => {
		const here =
			Object.values(networkInterfaces())
				.flat()
				.find(one => one && !one.internal && one.family === 'IPv4')?.address ?? '';
		const server = createServer(socket => socket.on('error', () => socket.destroy()).end('220\n')).listen(0, here);
		await once(server, 'listening');
		const {port} = server.address() as {port: number};
		try {
			await withHost({}, async host => expect(await reach(host, here, port)).toBe('refused'));
			await withHost({network: {allow: [{host: here, port}]}}, async host =>
				expect(await reach(host, here, port)).toBe('open'),
			);
		} finally {
			server.close();
		}
	});

	machineTest('asks a resolver on loopback through a forwarder of ours', {network: 'none'}, async () => {
		const resolver = createSocket('udp4').on('message', (query, from) =>
			resolver.send(`answer to ${query}`, from.port, from.address),
		);
		resolver.bind(53, '127.213.0.1');
		await once(resolver, 'listening');
		const stop = await forwardNames('127.213.0.2', '127.213.0.1');
		const asker = createSocket('udp4');
		try {
			asker.send('a question', 53, '127.213.0.2');
			expect(String((await once(asker, 'message'))[0])).toBe('answer to a question');
		} finally {
			stop();
			asker.close();
			resolver.close();
		}
	});

	hostTest("with 'none' nothing leaves, and it is still reached from here", {network: 'none'}, async host => {
		expect(await reach(host, '203.0.113.80', 80)).toBe('refused');
		const stop = new AbortController();
		const server = host.run(
			[
				'perl',
				'-MIO::Socket::INET',
				'-e',
				'my $s = IO::Socket::INET->new(LocalPort => 8080, Listen => 1, ReuseAddr => 1) or die; while (my $c = $s->accept) { print $c "hello\n"; close $c }',
			],
			{signal: stop.signal},
		);
		const said = await until(() => read(host.address, 8080), {what: 'an answer on port 8080'});
		expect(said).toBe('hello\n');
		stop.abort();
		await server;
	});
});

describe('a copy of this machine', () => {
	hostTest('boots, masks what is enabled, and changes nothing here', {release: 'this', network: 'none'}, async host => {
		const issue = readFileSync('/etc/issue', 'utf8');
		expect(await host.must(['hostname'])).toBe(execFileSync('hostname').toString());
		await host.must(['sh', '-c', 'echo inside > /etc/issue; touch /usr/bin/hs-inside /etc/hs-inside; rm /etc/profile']);
		expect(readFileSync('/etc/issue', 'utf8')).toBe(issue);
		expect(existsSync('/usr/bin/hs-inside') || existsSync('/etc/hs-inside')).toBe(false);
		expect(existsSync('/etc/profile')).toBe(true);
		expect((await host.run(['systemctl', 'show', '-P', 'LoadState', 'apt-daily.timer'])).stdout.trim()).toBe('masked');
		expect((await host.run(['systemctl', 'start', 'apt-daily.timer'])).code).not.toBe(0);
		const running = await host.must([
			'systemctl',
			'list-units',
			'--type=service,timer',
			'--state=active',
			'--plain',
			'--no-legend',
		]);
		expect(running).toContain('systemd-journald.service');
		expect(running).not.toMatch(/cron|postgres|ssh|apt-daily/);
		const paths = (await host.changes()).files.map(one => `${one.change} ${one.path}`);
		expect(paths).toEqual(
			expect.arrayContaining([
				'changed /etc/issue',
				'added /etc/hs-inside',
				'added /usr/bin/hs-inside',
				'removed /etc/profile',
			]),
		);
	});

	hostTest(
		'starts what the plan names',
		{release: 'this', network: 'none', unmask: ['apt-daily.timer']},
		async host => {
			expect((await host.run(['systemctl', 'show', '-P', 'LoadState', 'apt-daily.timer'])).stdout.trim()).toBe(
				'loaded',
			);
		},
	);
});

describe('layers and caches', () => {
	machineTest(
		'a frozen layer is built once, by whoever comes first, and is not written by those on it',
		{network: 'none'},
		async () => {
			let built = 0;
			const layer = {
				name: 'test-once',
				key: `${process.pid}-${Date.now()}`,
				options: {network: 'none' as const},
				async build(host: ThrowAway) {
					built++;
					await host.must(['sh', '-c', 'echo layer > /etc/layer']);
				},
			};
			const [first, second] = await Promise.all([layersOf('bookworm', layer), layersOf('bookworm', layer)]);
			expect(built).toBe(1);
			expect(second).toEqual(first);
			try {
				const before = digestTree(first[0] ?? '');
				await Promise.all(
					['a', 'b'].map(word =>
						withHost({layer, network: 'none'}, async host => {
							expect(await host.must(['cat', '/etc/layer'])).toBe('layer\n');
							await host.must(['sh', '-c', `echo ${word} > /etc/layer`]);
							expect(await host.must(['cat', '/etc/layer'])).toBe(`${word}\n`);
						}),
					),
				);
				expect(digestDiff(before, digestTree(first[0] ?? ''))).toEqual([]);
			} finally {
				for (const path of [first[0], `${first[0]}.lock`]) execFileSync('rm', ['-rf', path ?? '/nonexistent']);
			}
		},
	);

	hostTest(
		'packages that misbehave, and a lock that another process holds',
		{layer: packageLists, network: 'none'},
		async host => {
			await addDebs(host);
			expect((await host.run(['apt-get', 'install', '-y', 'hs-broken'])).code).toBe(100);
			await host.must(['touch', '/etc/hs-mended']);
			await host.must(['dpkg', '--configure', '-a']);
			await host.must(['apt-get', 'install', '-y', 'hs-conffile=1.0']);
			const lock = await holdAptLock(host);
			const refused = await host.run(['apt-get', 'install', '-y', '-o', 'DPkg::Lock::Timeout=0', 'hs-conffile']);
			expect(`${refused.code} ${refused.stderr}`).toMatch(/^100 [\s\S]*Could not get lock/);
			await lock.release();
			await host.must(['apt-get', 'install', '-y', 'hs-conffile']);
			expect(await host.must(['cat', '/etc/hs-conffile.conf'])).toContain('answer = 2');
			const slow = host.must(['apt-get', 'install', '-y', 'hs-slow']);
			await until(() => commandLines().some(line => line.includes('hs-slow.postinst')), {what: 'the waiting postinst'});
			await host.must(['touch', '/run/hs-slow.go']);
			await slow;
		},
	);
});

describe('nothing stays', () => {
	const lower = async (): Promise<string> =>
		JSON.stringify({lower: await layersOf('bookworm', undefined), network: 'none'});

	for (const signal of ['SIGKILL', 'SIGINT', 'SIGHUP', 'SIGTERM'] as const) {
		machineTest(`after ${signal} of its owner`, {network: 'none'}, async () => {
			const {claim, pid} = await owner(await lower());
			process.kill(-pid, signal);
			await gone(claim);
		});
	}

	machineTest('after SIGKILL of its owner and of its guard, once the next one sweeps', {network: 'none'}, async () => {
		const {claim, pid} = await owner(await lower());
		process.kill(claim.guard?.pid ?? 0, 'SIGKILL');
		process.kill(-pid, 'SIGKILL');
		await until(() => !existsSync(`/proc/${pid}`), {what: 'the end of the owner'});
		expect(existsSync(claim.dir)).toBe(true);
		expect(await sweep()).toContain(claim.name);
		await gone(claim);
	});

	machineTest('after a failure to open', {network: 'none'}, async () => {
		const error = await openHost({lower: ['/nonexistent'], name: 'cannot-open', network: 'none'}).catch(
			(caught: unknown) => caught,
		);
		expect(error).toMatchObject({code: 'rehearse.overlay'});
		expect(claims().map(one => one.name)).not.toContain('cannot-open');
	});

	machineTest('but one that is kept outlives its owner, until it is closed', {network: 'none'}, async () => {
		const name = `kept-${process.pid}`;
		const {claim, pid} = await owner(JSON.stringify({...(JSON.parse(await lower()) as object), name, keep: true}));
		process.kill(-pid, 'SIGKILL');
		await until(() => !existsSync(`/proc/${pid}`), {what: 'the end of the owner'});
		expect(await sweep()).not.toContain(name);
		expect(leftOf(claim)).toContain(`directory ${claim.dir}`);
		await closeKept(name);
		await gone(claim);
	});
});

describe('on a host whose PID 1 is systemd', () => {
	const nspawn = withPackages('nspawn', ['systemd-container', 'iptables', 'libatomic1']);

	hostTest(
		'a copy of it boots inside it, and nothing stays',
		{
			layer: nspawn,
			binds: [bring(checkout)],
			plain: ['/var/lib/docker', '/var/lib/containers', '/var/lib/host-setup'],
		},
		async host => {
			const ran = await host.must(
				[
					`/opt/host-setup/node_modules/node-linux-${process.arch}/bin/node`,
					'/opt/host-setup/test/host/support/owner.ts',
					'check',
					'{"lower":"host"}',
				],
				{timeout: 120_000},
			);
			expect(JSON.parse(ran)).toMatchObject({ran: {code: 0}, added: expect.arrayContaining(['/etc/was-here'])});
			expect((await host.run(['ls', '/etc/was-here'])).code).not.toBe(0);
			expect(
				(await host.must(['findmnt', '-rn', '-o', 'TARGET'])).split('\n').filter(line => line.includes('rehearse')),
			).toEqual([]);
			expect(await host.must(['ls', '/run/host-setup/throwaway'])).toBe('');
			expect(await host.must(['systemctl', 'list-units', '--plain', '--no-legend', 'machine-*'])).toBe('');
			expect(await host.must(['iptables-save'])).not.toContain('10.213');
		},
	);
});

const isOff = (host: ThrowAway): boolean => {
	try {
		host.leader();
		return false;
	} catch {
		return true;
	}
};

const reach = async (host: ThrowAway, to: string, port: number): Promise<string> => {
	const ran = await host.run(['timeout', '5', 'bash', '-c', 'exec 3<>"/dev/tcp/$0/$1"', to, String(port)]);
	return ran.code === 0
		? 'open'
		: /refused|prohibited|No route|unreachable/i.test(ran.stderr)
			? 'refused'
			: `code ${ran.code}: ${ran.stderr}`;
};

const read = (address: string, port: number): Promise<string | undefined> =>
	new Promise(done => {
		let text = '';
		connect(port, address)
			.on('data', chunk => {
				text += String(chunk);
			})
			.on('end', () => done(text))
			.on('error', () => done(undefined));
	});

/** Starts a program that opens a host and waits; its own process group, as in a terminal. */
const owner = async (options: string): Promise<{readonly pid: number; readonly claim: Claim}> => {
	const child = spawn(process.execPath, [`${checkout}/test/host/support/owner.ts`, 'wait', options], {
		detached: true,
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	for await (const line of createInterface(child.stdout)) {
		const {name} = JSON.parse(line) as {name: string};
		const claim = claims().find(one => one.name === name);
		if (!claim || child.pid === undefined) throw new Error(`no record of ${name}`);
		expect(leftOf(claim).join()).toMatch(/directory.*link.*cgroup.*rules.*process/);
		return {pid: child.pid, claim};
	}
	throw new Error('the owner ended before its host was open');
};

const gone = (claim: Claim): Promise<true> =>
	until(() => leftOf(claim).length === 0 || undefined, {
		deadline: 20_000,
		what: `the end of ${claim.name}: ${leftOf(claim).join(', ')}`,
	}) as Promise<true>;

/** Everything on this machine that belongs to it. */
const leftOf = (claim: Claim): readonly string[] => {
	const machine = `hostsetup${claim.slot}`;
	const veth = `hs${claim.slot}`;
	return [
		...(claims().some(one => one.name === claim.name) ? ['record'] : []),
		...(existsSync(claim.dir) ? [`directory ${claim.dir}`] : []),
		...readdirSync('/sys/class/net')
			.filter(name => name === veth)
			.map(name => `link ${name}`),
		...['/sys/fs/cgroup', '/sys/fs/cgroup/unified', '/sys/fs/cgroup/systemd', '/sys/fs/cgroup/machine.slice'].flatMap(
			at =>
				existsSync(at)
					? readdirSync(at)
							.filter(name => name === machine || name === `machine-${machine}.scope`)
							.map(name => `cgroup ${at}/${name}`)
					: [],
		),
		...(execFileSync('iptables-save').toString().includes(`${veth}-`) ? ['rules'] : []),
		...(readFileSync('/proc/self/mountinfo', 'utf8').includes(claim.dir) ? ['mount'] : []),
		...commandLines()
			.filter(line => line.includes(`host-setup-guard-${claim.name} `) || line.includes(`--machine ${machine} `))
			.map(line => `process ${line.slice(0, 40)}`),
	];
};

const commandLines = (): readonly string[] =>
	readdirSync('/proc')
		.filter(name => /^\d+$/.test(name))
		.flatMap(pid => {
			try {
				return [readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()];
			} catch {
				return [];
			}
		});
