/** Programs inside Docker, podman, nspawn and a name space of their own are not the host's: nothing of an nginx is told where the host has none, by root or by anybody. */
import {expect} from 'vitest';
import type {Report} from '#doctor/types.ts';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {nestedPodman} from '../support/openslides.ts';
import {buildProgram, setup} from '../support/setup.ts';
import {until} from '../support/until.ts';
import {hostTest, withPackages} from '../support/with-host.ts';
import {sh} from './support/inside.ts';
import {withProgram} from './support/recipes.ts';

const layer = withPackages('containers', [
	'libatomic1',
	'docker.io',
	'podman',
	'runc',
	'iptables',
	'systemd-container',
	'procps',
]);
const plain = ['/var/lib/docker', '/var/lib/containerd', '/var/lib/containers'];

/** A tree with one program, which is called nginx and sleeps. */
const tree = `mkdir -p /srv/box/usr/sbin /srv/box/etc /srv/box/proc /srv/box/tmp
cp /usr/bin/sleep /srv/box/usr/sbin/nginx
for one in $(ldd /usr/bin/sleep | grep -o '/[^ ]*'); do mkdir -p "/srv/box$(dirname "$one")"; cp -L "$one" "/srv/box$one"; done
echo 'ID=box' > /srv/box/etc/os-release
tar -C /srv/box -c . | docker import - box
tar -C /srv/box -c . | podman import - box`;

const ways: Readonly<Record<string, string>> = {
	docker: 'docker run -d --network=none --name box box /usr/sbin/nginx 1000',
	podman: 'podman run -d --network=none --name box box /usr/sbin/nginx 1001',
	nspawn:
		'systemd-run -q --unit=box-nspawn systemd-nspawn -q -D /srv/box --register=no --keep-unit --as-pid2 /usr/sbin/nginx 1002',
	unshare: 'systemd-run -q --unit=box-unshare unshare --pid --fork chroot /srv/box /usr/sbin/nginx 1003',
};

hostTest(
	'an nginx in a container of any kind is not the host’s, for root and for anybody',
	withProgram({layer: {...layer, options: {plain}}, plain, timeout: 420_000}),
	async host => {
		buildProgram();
		await sh(host, 'systemctl start docker');
		await nestedPodman(host);
		await sh(host, tree);
		// One after the other: another's setup is a node of root's to somebody who may not look closer.
		const before = [await ofNginx(host, 'root'), await ofNginx(host, 'nobody')];
		for (const [way, start] of Object.entries(ways)) {
			await sh(host, start);
			await until(async () => (await running(host)) > 0, {what: `nginx in ${way}`, deadline: 60_000});
			for (const [at, who] of ['root', 'nobody'].entries())
				expect(await ofNginx(host, who), `${way}, ${who}`).toEqual(before[at]);
			await sh(
				host,
				'pkill -KILL -x nginx; docker rm -f box > /dev/null 2>&1; podman rm -f box > /dev/null 2>&1; true',
			);
			await until(async () => (await running(host)) === 0, {what: `no nginx of ${way}`, deadline: 60_000});
		}
	},
);

const running = async (host: ThrowAway): Promise<number> =>
	(await host.run(['pgrep', '-x', 'nginx'])).stdout.split('\n').filter(line => line !== '').length;

/** The states of all that is told of web servers; 'na' is what a host without one gets. */
const ofNginx = async (host: ThrowAway, who: string): Promise<Readonly<Record<string, string>>> => {
	const {stdout} = await host.run([setup, 'doctor', '--format', 'json'], {as: who, timeout: 120_000});
	const {rows} = JSON.parse(stdout) as Report;
	const told = rows.filter(({check}) => /^(nginx|appserver|host\.root-processes|services)\b/.test(check));
	expect(told.filter(({check}) => check.startsWith('nginx.')).map(({state}) => state)).not.toEqual([]);
	return Object.fromEntries(told.map(({key, state}) => [key, state]));
};
