import {z} from 'zod';
import {defineStep} from '#model/step.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {dpkgConsistent} from '#resources/apt/dpkg-consistent.ts';
import {locale} from '#resources/locale/locale.ts';
import {questionOf} from '#steps/shared/accept.ts';

/** What the other steps stand on, after a look at whether this host can carry the stack. */
export const packages = defineStep({
	id: 'packages',
	title: 'Packages',
	about:
		"Looks whether the host can carry the stack, then installs what the guide asks apt for under today's names, without rkt, which no release has, and makes the locale in which instances' databases are made.",
	guide: 'OpenSlides: Install dependencies from Debian',
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
				names: [
					'git',
					'openssl',
					'iproute2',
					'nftables',
					'locales',
					'dbus',
					'python3-gi',
					'python-psycopg2',
					'python-virtualenv',
					...extra,
				],
				recommends: false,
			},
			{id: 'apt:packages', needs: ['done:requirements', 'done:dpkg-consistent'], provides: ['path:/etc/ssl']},
		),
		locale({name: 'en_US.UTF-8'}),
	],
});
