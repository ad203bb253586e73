import {z} from 'zod';
import {defineStep} from '#model/step.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {dpkgConsistent} from '#resources/apt/dpkg-consistent.ts';
import {questionOf} from '#steps/shared/accept.ts';

/** What the other steps stand on, after a look at whether this host can carry the stack. An upgrade of the whole system is told by the look, and not done unasked. */
export const packages = defineStep({
	id: 'packages',
	title: 'Packages',
	about:
		'Looks whether the host can carry the stack (release, memory, disk, package state, ports, a reboot that is due), then installs git and what pip compiles with, in one transaction.',
	guide: 'CoralNet: EC2 Linux instance',
	questions: z.strictObject({
		accept: questionOf(),
		extra: z
			.array(z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/, {error: 'must be the name of a Debian package'}))
			.default([])
			.meta({title: 'Further Debian packages', help: 'Installed in the same transaction.', from: 'setup'}),
	}),
	resources: ({extra}) => [
		dpkgConsistent(),
		aptPackages(
			{names: ['git', 'build-essential', 'python-dev', 'python-pip', 'python-virtualenv', ...extra]},
			{id: 'apt:packages', needs: ['done:requirements', 'done:dpkg-consistent']},
		),
	],
});
