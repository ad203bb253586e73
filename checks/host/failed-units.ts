/** A unit that failed says so only to who asks; the rest of the host may look fine for weeks. */
import {defineCheck} from '#model/check.ts';
import {type Finding, findings} from '#model/finding.ts';
import {Blocked} from '#model/unknown.ts';

export const check = defineCheck({
	id: 'host.failed-units',
	title: 'No unit has failed',
	why: 'A service, timer or mount that failed stays down until somebody looks: backups that do not run, certificates that are not renewed.',
	reads: ['systemctl list-units --state=failed', 'systemctl show --property=Result UNIT'],
	severity: 'fail',
	layers: ['runtime'],
	source: 'systemctl(1), FAILED UNITS',
	verify: 'systemctl --failed lists nothing.',
	async inspect({host}) {
		if (host.root === '/' && (await host.stat('/run/systemd/system')) === undefined)
			throw new Blocked({because: 'no-tool', need: 'systemd must be running to tell which units failed'});
		const where = 'systemctl list-units --state=failed';
		const text = await host.query([
			'systemctl',
			'list-units',
			'--state=failed',
			'--all',
			'--plain',
			'--no-legend',
			'--no-pager',
		]);
		const failed = text
			.split('\n')
			.map(line => line.trim().split(/\s+/)[0] ?? '')
			.filter(name => name.includes('.'));
		return findings(
			failed.map(
				(unit): Finding => ({
					item: unit,
					state: 'fail',
					says: `${unit} has failed`,
					expected: 'not failed',
					layers: {runtime: {value: 'failed', where}},
				}),
			),
			{state: 'ok', expected: [], layers: {runtime: {value: [], where}}},
		);
	},
	remedy: ({item = 'UNIT'}) => ({
		sentence: `journalctl -u ${item} says why. Mend that, then start it again; where it is not needed any more, disable it.`,
		commands: [['systemctl', 'restart', item]],
	}),
});
