/** Is there a Docker or a podman on this host, and from whom. */

import type {Fact} from '#model/host.ts';
import {isInstalled, packages} from '../apt/packages.ts';

export type DockerHost = {
	/** The package that brings the engine; 'by hand' for a binary that no package owns. */
	readonly docker?: string;
	readonly podman: boolean;
};

export const dockerHost: Fact<DockerHost> = {
	id: 'docker-host',
	async read(host) {
		const {all} = await host.fact(packages);
		const named = ['docker.io', 'docker-ce', 'moby-engine'].find(name => isInstalled(all.get(name)));
		const places = await Promise.all(
			['/usr/bin/dockerd', '/usr/sbin/dockerd', '/usr/local/bin/dockerd'].map(path => host.stat(path)),
		);
		const docker = named ?? (places.some(stat => stat !== undefined) ? 'by hand' : undefined);
		return {...(docker !== undefined && {docker}), podman: isInstalled(all.get('podman'))};
	},
};
