import {z} from 'zod';
import {defineStep} from '#model/step.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {dpkgConsistent} from '#resources/apt/dpkg-consistent.ts';
import {questionOf} from '#steps/shared/accept.ts';

/** Every package that the guide names outside the sections that have a step of their own, after a look at whether this host can carry the stack. */
export const packages = defineStep({
	id: 'packages',
	title: 'Packages',
	about:
		'Looks whether the host can carry the stack (release, memory, disk, package state, ports), then installs what the guide asks apt for, in one transaction, under the names of this release.',
	guide: 'ipynbsrv: Requirements; Python/uwsgi/npm; Nginx/OpenResty',
	questions: z.strictObject({
		accept: questionOf(),
		frontendTools: z.enum(['debian', 'npm']).default('debian').meta({
			title: 'Where lessc comes from',
			help: "Debian's node-less is one package; 'npm' installs nodejs and npm (about 400 packages on Debian 12) and takes bower and less from the npm registry, as the guide does.",
			from: 'setup',
		}),
		mkdocs: z.boolean().default(true).meta({title: 'Install mkdocs', help: 'Builds the user guide.', from: 'guide'}),
		extra: z
			.array(z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/, {error: 'must be the name of a Debian package'}))
			.default([])
			.meta({title: 'Further Debian packages', help: 'Installed in the same transaction.', from: 'setup'}),
	}),
	offers: ({frontendTools, mkdocs}) => ({frontend: {npm: frontendTools === 'npm', mkdocs}}),
	resources: answers => [
		dpkgConsistent(),
		aptPackages(
			{
				names: [
					'python-dev',
					'libldap2-dev',
					'libsasl2-dev',
					'libssl-dev',
					'python-pip',
					'python-virtualenv',
					'build-essential',
					'wget',
					'git',
					...answers.extra,
				],
			},
			{id: 'apt:packages', needs: ['done:requirements', 'done:dpkg-consistent']},
		),
		aptPackages(
			{
				names: [
					...(answers.frontendTools === 'debian' ? ['node-less'] : ['nodejs', 'npm']),
					...(answers.mkdocs ? ['mkdocs'] : []),
				],
			},
			{id: 'apt:frontend', needs: ['done:requirements', 'done:dpkg-consistent']},
		),
	],
});
