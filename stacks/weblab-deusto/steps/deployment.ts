import {z} from 'zod';
import {oneLine} from '#answers/questions/questions.ts';
import {programsOf, supervisorFile} from '#host/supervisor/file.ts';
import type {Fact} from '#model/host.ts';
import {defineStep} from '#model/step.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {directory} from '#resources/files/directory.ts';
import {file} from '#resources/files/file.ts';
import {instanceUpgrade} from '#resources/made-once/upgrade.ts';
import {loopbackOnly} from '#resources/network/loopback-only.ts';
import {supervisorProgram} from '#resources/supervisor/program.ts';
import {unit} from '#resources/units/unit.ts';
import {confinement, programFile, wrapper} from './deployment-files.ts';

const supervisor = 'supervisor.service';
const folder = '/etc/weblab-deusto';

/** Programs of others that supervisor runs here already. */
const others: Fact<readonly string[]> = {
	id: 'supervisor-programs-of-others',
	async read(host) {
		const known = await host.fact(supervisorFile);
		return known === 'absent'
			? []
			: programsOf(known)
					.filter(({where}) => !where.includes('/weblab-'))
					.map(({name}) => name);
	},
};

/** The instance under supervisor, as its own user. */
export const deployment = defineStep({
	id: 'deployment',
	title: 'Deployment',
	about:
		"supervisor runs the guide's wrapper as the application's user, with logs that rotate, and starts it at boot. Files that root's supervisor reads or writes are root's: a log in the instance's own folder would let its user have root write anywhere.",
	guide: 'WebLab-Deusto: Deployment',
	uses: {app: 'weblab', instance: 'weblabInstance', database: 'database', scheduling: 'scheduling'},
	facts: {others},
	questions: z.strictObject({
		autostart: z.boolean().default(true).meta({
			title: 'Start by itself',
			help: 'At boot, and now. Without it the program is known to supervisor and started by hand.',
			from: 'guide',
		}),
		logMegabytes: z.int().min(1).max(1000).default(10).meta({
			title: 'Megabytes of a log',
			help: 'Then it is moved aside.',
			from: 'setup',
		}),
		logFiles: z.int().min(1).max(100).default(10).meta({
			title: 'Logs that are kept',
			help: 'Of each of the two.',
			from: 'setup',
		}),
		confine: z.boolean().default(true).meta({
			title: 'Close the service',
			help: 'All that supervisor starts writes the instance and the environment and no other place, and gains no privileges. Not where supervisor runs programs of others: it is for all of them.',
			from: 'setup',
		}),
		environment: z
			.array(oneLine({max: 200}))
			.default([])
			.meta({title: 'Further variables', help: 'As NAME=value, for the program alone.', from: 'setup', quiet: true}),
	}),
	defaults: ({facts}) =>
		facts.others.length > 0 ? {confine: {value: false, from: `supervisor runs ${facts.others.join(', ')}`}} : {},
	offers: ({autostart}, {uses: {instance}}) => ({weblabProgram: {name: `weblab-${instance.name}`, autostart}}),
	resources: (answers, {uses: {app, instance, database, scheduling}}) => {
		const {name, directory: at} = instance;
		const script = `${folder}/${name}-wrapper.sh`;
		const conf = `/etc/supervisor/conf.d/weblab-${name}.conf`;
		const dropIn = '/etc/systemd/system/supervisor.service.d/weblab-deusto.conf';
		const admin = `${app.environment}/bin/weblab-admin`;
		const watched = [`${at}/core_host_config.py`, `${at}/configuration.yml`, script, admin];
		const ports = [...instance.ports, ...instance.laboratories];
		return [
			aptPackages(
				{names: ['supervisor'], recommends: false},
				{
					id: 'apt:supervisor',
					needs: ['done:requirements', 'done:dpkg-consistent'],
					provides: ['path:/etc/supervisor/conf.d'],
				},
			),
			directory({path: folder, mode: 0o755, owner: 'root:root'}),
			file({path: script, text: wrapper(app.environment), mode: 0o755, owner: 'root:root'}),
			directory({path: dropIn.replace(/\/[^/]*$/, ''), mode: 0o755, owner: 'root:root'}),
			file({
				path: dropIn,
				// It packs its style sheets at the first request, into its own tree.
				text: confinement(answers.confine ? [at, app.environment] : undefined, app.home),
				mode: 0o644,
				owner: 'root:root',
			}),
			file(
				{
					path: conf,
					text: programFile({
						...answers,
						name,
						user: app.user,
						home: app.home,
						script,
						deployments: instance.deployments,
					}),
					mode: 0o644,
					owner: 'root:root',
				},
				{needs: [`path:${script}`, `done:instance:${at}`]},
			),
			unit(
				{name: supervisor, enabled: true, running: true, files: [dropIn]},
				{needs: ['package:supervisor', `path:${dropIn}`, `done:instance:${at}`]},
			),
			instanceUpgrade(
				{
					directory: at,
					user: app.user,
					program: admin,
					runs: `weblab-${name}`,
					databases: [database.name, ...(scheduling.by === 'mysql' ? [scheduling.database] : [])],
					installedBy: `setup-py:${app.environment}:weblabdeusto`,
				},
				{needs: ['done:instance-settings', app.installed, 'unit:mariadb.service']},
			),
			supervisorProgram(
				{
					name: `weblab-${name}`,
					file: conf,
					files: watched,
					...(answers.autostart && {running: true, listens: ports}),
				},
				{
					needs: [
						`done:upgrade:${at}`,
						app.installed,
						'unit:mariadb.service',
						...(instance.laboratory ? (['done:laboratory-here'] as const) : []),
						...watched.map(path => `path:${path}` as const),
					],
				},
			),
			...(answers.autostart
				? ports.map(port => loopbackOnly({port, patience: 90}, {needs: [`done:program:weblab-${name}`]}))
				: []),
		];
	},
});
