import {z} from 'zod';
import {absolutePath, url} from '#answers/questions/questions.ts';
import {release} from '#host/apt/release.ts';
import {defineStep} from '#model/step.ts';
import type {Thing} from '#model/thing.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {aptSource} from '#resources/apt/apt-source.ts';
import {pathThere} from '#steps/probes/files.ts';
import {urlThere} from '#steps/probes/url.ts';

const ends = 'Python 2.7 has had no upstream fixes since 2020.';

/** The code is for Python 2.7 alone, which Debian 11 was the last to have. */
export const python2 = defineStep({
	id: 'python2',
	title: 'Python 2.7',
	about:
		'WebLab-Deusto runs on Python 2.7 and nothing newer. Debian 11 and Ubuntu 22.04 have it; on Debian 12 and 13 it comes from the archive of Debian 11, pinned so that nothing else does.',
	guide: 'WebLab-Deusto: Installing native libraries (python-dev)',
	facts: {release},
	questions: z
		.discriminatedUnion('from', [
			z.strictObject({
				from: z.literal('release').meta({
					title: "This release's own packages",
					help: `Debian 11 and Ubuntu 22.04 have them. ${ends}`,
				}),
			}),
			z.strictObject({
				from: z.literal('archive').meta({
					title: "Debian 11's archive, for these packages alone",
					help: `${ends} Debian 11 itself is near or past the end of its support: an old interpreter that nobody mends for you, behind Apache.`,
				}),
				archive: url({protocols: ['https', 'http']})
					.default('http://deb.debian.org/debian')
					.meta({
						title: 'Archive',
						help: 'A mirror that has bullseye; archive.debian.org/debian once the others drop it.',
						from: 'setup',
					}),
			}),
			z.strictObject({
				from: z.literal('path').meta({title: 'An interpreter that is there already'}),
				interpreter: absolutePath().meta({
					title: 'Interpreter',
					help: 'A Python 2.7 with its headers.',
					example: '/opt/python2.7/bin/python2.7',
				}),
			}),
		])
		.meta({title: 'Where Python 2.7 comes from', help: `The code runs on nothing newer. ${ends}`}),
	defaults: ({facts}) =>
		['bullseye', 'jammy'].includes(facts.release.codename) ? {from: {value: 'release', from: 'release'}} : {},
	probes: answers =>
		answers.from === 'archive'
			? [urlThere('archive', `${answers.archive}/dists/bullseye/Release`, ['archive'])]
			: answers.from === 'path'
				? [pathThere('interpreter', answers.interpreter, ['interpreter'])]
				: [],
	offers: answers => ({
		python2:
			answers.from === 'path'
				? {interpreter: answers.interpreter, ready: `path:${answers.interpreter}`}
				: {interpreter: '/usr/bin/python2.7', ready: 'done:python2'},
	}),
	resources: answers => {
		if (answers.from === 'path') return [];
		const needs: Thing[] = ['done:requirements', 'done:dpkg-consistent'];
		if (answers.from === 'archive') needs.push('done:apt-source:debian-bullseye');
		return [
			...(answers.from === 'archive'
				? aptSource(
						{
							name: 'debian-bullseye',
							uri: answers.archive,
							suite: 'bullseye',
							components: ['main'],
							keyring: '/usr/share/keyrings/debian-archive-keyring.gpg',
						},
						{needs: ['done:requirements']},
					)
				: []),
			aptPackages(
				{names: ['python2', 'python2-dev'], recommends: false},
				{id: 'apt:python2', needs, provides: ['done:python2']},
			),
		];
	},
});
