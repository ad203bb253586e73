/** Security updates that come by themselves. */
import {z} from 'zod';
import {defineStep} from '#model/step.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {file} from '#resources/files/file.ts';
import {unit} from '#resources/units/unit.ts';

const settings = '/etc/apt/apt.conf.d/20auto-upgrades';

/** unattended-upgrades with its timers; it installs security updates alone, as the package has it. */
export const automaticUpdates = ({guide}: {readonly guide: string}) =>
	defineStep({
		id: 'updates',
		title: 'Updates',
		about: 'Security updates every day, by unattended-upgrades and its timers: what waits for somebody comes too late.',
		guide,
		questions: z.strictObject({
			automatic: z.boolean().default(true).meta({
				title: 'Install security updates by themselves',
				help: 'Those of the release, each day. Nothing else is upgraded, and nothing reboots.',
				from: 'guide',
			}),
		}),
		resources: ({automatic}) =>
			automatic
				? [
						aptPackages(
							{names: ['unattended-upgrades'], recommends: false},
							{id: 'apt:unattended-upgrades', needs: ['done:requirements', 'done:dpkg-consistent']},
						),
						file(
							{
								path: settings,
								text: 'APT::Periodic::Enable "1";\nAPT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\n',
								mode: 0o644,
								owner: 'root:root',
							},
							{needs: ['package:unattended-upgrades']},
						),
						...['apt-daily-upgrade.timer', 'apt-daily.timer'].map(name =>
							unit({name, enabled: true, running: true}, {needs: ['package:unattended-upgrades']}),
						),
					]
				: [],
	});
