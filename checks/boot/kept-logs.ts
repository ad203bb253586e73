/** A journal that is kept nowhere is gone with the reboot after which somebody wants to read it. */
import {systemdDialect} from '#edit/sections/ini.ts';
import {sectionLines} from '#host/files/section-lines.ts';
import {textOf} from '#host/files/text-of.ts';
import {container} from '#host/system/container.ts';
import {refuseWithoutSystemd, unitStates} from '#host/units/units.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';

const kinds = defineKinds({
	nowhere: {
		state: 'warn',
		example: {where: '/etc/systemd/journald.conf:20'},
		says: 'the journal keeps nothing (Storage=none), and no other program writes what services say',
		remedy: ({where}: {readonly where: string}) => ({
			sentence: `Take Storage=none out of ${where.replace(/:\d+$/, '')}, or say persistent, and let journald start anew.`,
			commands: [['systemctl', 'restart', 'systemd-journald.service']],
		}),
	},
	inMemory: {
		state: 'warn',
		example: {storage: 'volatile', where: '/etc/systemd/journald.conf:20'},
		says: ({storage}) =>
			`the journal is in memory alone (Storage=${storage}${storage === 'auto' ? ', and there is no /var/log/journal' : ''}), and no other program writes it down: a reboot takes it`,
		remedy: {
			sentence:
				'Make /var/log/journal, with Storage=auto or persistent in /etc/systemd/journald.conf; or install rsyslog. What is in memory now is written there.',
			commands: [
				['mkdir', '-p', '/var/log/journal'],
				['systemctl', 'restart', 'systemd-journald.service'],
				['journalctl', '--flush'],
			],
		},
	},
});

/** Programs that write it down, here or on another host. */
const writers = [
	'syslog.service',
	'rsyslog.service',
	'syslog-ng.service',
	'systemd-journal-upload.service',
	'fluent-bit.service',
	'vector.service',
	'promtail.service',
	'filebeat.service',
	'td-agent.service',
];

export const check = defineCheck({
	id: 'boot.kept-logs',
	title: 'What services said is there after a reboot',
	why: 'Why a host went down, and who came in before, stands in its log. A journal in memory is gone with the reboot, and one that keeps nothing never had it.',
	reads: [
		'/etc/systemd/journald.conf and the drop-ins beside it: Storage=',
		'/var/log/journal',
		'systemctl show rsyslog.service and the like, where the journal is not on disk',
	],
	severity: 'warn',
	layers: ['file'],
	source: 'journald.conf(5), Storage=',
	verify: 'journalctl --list-boots shows more than the present boot, after one.',
	facts: {container},
	kinds,
	async inspect({host, facts}) {
		await refuseWithoutSystemd(
			host,
			facts.container === undefined ? 'it keeps the journal' : `${facts.container} keeps what it says`,
		);
		const {value: storage, where} = await storageOf(host);
		const sight = {expected: 'on disk', layers: {file: {value: storage, where}}};
		const onDisk =
			storage === 'persistent' || (storage === 'auto' && (await host.stat('/var/log/journal', {follow: true})));
		if (onDisk) return [{...sight, is: 'ok', says: 'the journal is on disk'}];
		const states = host.root === '/' ? await unitStates(writers, host) : [];
		const writer = writers.find((_name, at) => states[at]?.active === 'active');
		if (writer !== undefined) return [{...sight, is: 'ok', says: `${writer} writes them`}];
		return storage === 'none'
			? [{...sight, is: 'nowhere', data: {where}}]
			: [{...sight, is: 'inMemory', data: {storage, where}}];
	},
});

/** The last word of all files counts; a word that journald does not know is passed over. */
const storageOf = async (host: Reader): Promise<{readonly value: string; readonly where: string}> => {
	const directories = ['/usr/lib', '/lib', '/usr/local/lib', '/run', '/etc'].map(
		one => `${one}/systemd/journald.conf.d`,
	);
	const dropIns = new Map<string, string>();
	for (const directory of directories)
		for (const name of (await host.list(directory)) ?? [])
			if (name.endsWith('.conf')) dropIns.set(name, `${directory}/${name}`);
	const paths = [
		'/etc/systemd/journald.conf',
		...[...dropIns].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one),
	];
	let found = {value: 'auto', where: '/etc/systemd/journald.conf'};
	for (const path of paths) {
		const lines = sectionLines(systemdDialect, (await textOf(host, path)) ?? '').get('Journal') ?? [];
		for (const {key, value, line} of lines)
			if (key === 'Storage' && /^(auto|none|volatile|persistent)$/.test(value))
				found = {value, where: `${path}:${line}`};
	}
	return found;
};
