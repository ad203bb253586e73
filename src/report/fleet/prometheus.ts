/** Many hosts as gauges: how many have a finding, and how each host is. Written where the reports come together, by one who holds no node_exporter of theirs. */
import {type Fleet, openStates} from '#doctor/fleet.ts';
import {metrics} from '../doctor/exposition.ts';
import {verdicts} from './fleet-words.ts';

const {family, sample} = metrics('host_setup_fleet');

/** The text exposition format, version 0.0.4. */
export const fleetPrometheus = (fleet: Fleet): string =>
	[
		...family(
			'hosts',
			'Hosts by the worst that their report has.',
			verdicts(fleet).map(({state, hosts}) => sample('hosts', {verdict: state}, hosts)),
		),
		...family('unread_reports', 'Reports that could not be read: nobody knows how those hosts are.', [
			sample('unread_reports', {}, fleet.unread.length),
		]),
		...family(
			'finding_hosts',
			'Hosts that have a finding of this kind of a check.',
			fleet.findings.map(({check, is = '', state, hosts}) => sample('finding_hosts', {check, is, state}, hosts.length)),
		),
		...family(
			'host_findings',
			'Open findings of a host by state.',
			fleet.hosts.flatMap(({name, open}) =>
				openStates.map(state => sample('host_findings', {host: name, state}, open[state])),
			),
		),
		...family(
			'report_timestamp_seconds',
			'When a host was looked at.',
			fleet.hosts.map(({name, at}) => sample('report_timestamp_seconds', {host: name}, Date.parse(at) / 1000)),
		),
		...family(
			'info',
			'The version of setup and the release of a host.',
			fleet.hosts.map(({name, version, release}) => sample('info', {host: name, version, release}, 1)),
		),
		'',
	].join('\n');
