import {z} from 'zod';
import {defineStep} from '#model/step.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {dpkgConsistent} from '#resources/apt/dpkg-consistent.ts';
import {questionOf} from '#steps/shared/accept.ts';

/** What the guide asks apt for after a look at whether this host can carry the stack. */
export const packages = defineStep({
	id: 'packages',
	title: 'Packages',
	about:
		'Looks whether the host can carry the stack (release, memory, disk, package state, ports), then installs git, openssl and what the Python environment is made with.',
	guide: 'CC-Server: Git Installation; Ubuntu Packages',
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
			{
				names: ['git', 'openssl', 'python3-venv', 'libffi-dev', 'libssl-dev', ...extra],
				recommends: false,
			},
			{id: 'apt:packages', needs: ['done:requirements', 'done:dpkg-consistent'], provides: ['path:/etc/ssl']},
		),
	],
});
