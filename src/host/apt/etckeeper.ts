/** etckeeper can make apt refuse to start while /etc has changes that nobody committed, and ours are such changes. */
import type {Fact} from '#model/host.ts';
import {isInstalled, packages} from './packages.ts';

export type Etckeeper = {readonly inUse: boolean; readonly stopsApt: boolean};

/** Is it installed with a repository in /etc, and does it stop apt? */
export const etckeeper: Fact<Etckeeper> = {
	id: 'etckeeper',
	async read(host) {
		const installed = isInstalled((await host.fact(packages)).all.get('etckeeper'));
		const repository = (
			await Promise.all(['.git', '.bzr', '.hg', '_darcs'].map(name => host.stat(`/etc/${name}`)))
		).some(stat => stat !== undefined);
		const settings = Buffer.from((await host.read('/etc/etckeeper/etckeeper.conf')) ?? '').toString('utf8');
		return {
			inUse: installed && repository,
			stopsApt: installed && repository && /^\s*AVOID_COMMIT_BEFORE_INSTALL=1/m.test(settings),
		};
	},
};
