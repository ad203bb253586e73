import {z} from 'zod';
import {isInstalled, packages} from '#host/apt/packages.ts';
import {textOf} from '#host/files/text-of.ts';
import type {Fact} from '#model/host.ts';
import {defineStep} from '#model/step.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {debconf} from '#resources/apt/debconf.ts';
import {directory} from '#resources/files/directory.ts';
import {tcpAnswers} from '#resources/network/tcp-answers.ts';
import {postfixList} from '#resources/postfix/list-value.ts';
import {unit, unitFile} from '#resources/units/unit.ts';
import {afterAddress} from './network-files.ts';

const postfix = 'postfix.service';
/** Debian 12 and earlier run it as an instance of a template. */
const units = [postfix, 'postfix@-.service'];

/** What was decided when it came, else by whether it was here before: afterwards it always is. */
const listens: Fact<'containers' | 'as-it-is'> = {
	id: 'postfix-listens',
	async read(host) {
		const decided = /^# Postfix listens: (containers|as-it-is)$/m.exec((await textOf(host, decision)) ?? '')?.[1];
		if (decided !== undefined) return decided as 'containers' | 'as-it-is';
		return isInstalled((await host.fact(packages)).all.get('postfix')) ? 'as-it-is' : 'containers';
	},
};

const decision = '/etc/systemd/system/postfix.service.d/openslides.conf';

/** The mail server that instances hand their mail to. */
export const mail = defineStep({
	id: 'mail',
	title: 'Mail',
	about:
		'Postfix takes mail from the container network: the network is added to mynetworks, and what is there stays. One that setup installs listens on this host and on the container network alone.',
	guide: 'OpenSlides: Configure Postfix',
	uses: {network: 'containerNetwork', site: 'site'},
	facts: {listens},
	questions: z
		.discriminatedUnion('by', [
			z.strictObject({
				by: z.literal('postfix').meta({title: 'Postfix on this host'}),
				listen: z.enum(['containers', 'as-it-is']).default('containers').meta({
					title: 'Where Postfix listens',
					help: "'containers': this host and the container network. 'as-it-is' for a mail server that serves others too.",
					from: 'this host',
				}),
			}),
			z.strictObject({by: z.literal('none').meta({title: 'None: instances send no mail'})}),
		])
		.prefault({by: 'postfix'})
		.meta({title: 'Mail of the instances', help: 'Invitations and notices.', from: 'guide'}),
	defaults: ({facts}) => ({listen: {value: facts.listens, from: 'this host'}}),
	resources: (answers, {uses: {network, site}}) => {
		if (answers.by === 'none') return [];
		return [
			debconf({
				package: 'postfix',
				answers: [
					{question: 'postfix/main_mailer_type', type: 'select', value: 'Internet Site'},
					{question: 'postfix/mailname', type: 'string', value: site.host},
				],
			}),
			aptPackages(
				{names: ['postfix'], recommends: false},
				{id: 'apt:postfix', needs: ['done:requirements', 'done:dpkg-consistent', 'done:debconf-postfix']},
			),
			...units.flatMap(name => [
				directory({path: `/etc/systemd/system/${name}.d`, mode: 0o755, owner: 'root:root'}),
				unitFile({
					name: `${name}.d/openslides.conf`,
					text: [afterAddress(network.unit), `# Postfix listens: ${answers.listen}\n`],
				}),
			]),
			postfixList({parameter: 'mynetworks', words: [network.subnet]}),
			...(answers.listen === 'containers'
				? [
						postfixList(
							{parameter: 'inet_interfaces', words: ['localhost', network.address], only: true},
							{needs: [network.ready], owes: [{unit: postfix, do: 'restart'}]},
						),
					]
				: []),
			unit(
				{name: postfix, enabled: true, running: true},
				{
					needs: [
						'package:postfix',
						'done:postfix-list:mynetworks',
						...(answers.listen === 'containers' ? (['done:postfix-list:inet_interfaces'] as const) : []),
						...units.map(name => `path:/etc/systemd/system/${name}.d/openslides.conf` as const),
					],
				},
			),
			tcpAnswers({name: 'Postfix', host: network.address, port: 25, expect: '220'}, {needs: [`unit:${postfix}`]}),
		];
	},
});
