/** slapd as Debian installs it answers everybody, and without TLS every password crosses the network as it is. */

import {lineNumber} from '#edit/lines.ts';
import {assignmentsOf} from '#edit/shell/read.ts';
import {isInstalled, packages} from '#host/apt/packages.ts';
import {textOf} from '#host/files/text-of.ts';
import {ldapFacts} from '#host/ldap/config.ts';
import {ifTold, seeAs} from '#host/see.ts';
import {interfaces} from '#host/system/interfaces.ts';
import {type Listener, listeners} from '#host/system/listeners.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {edit} from '#resources/files/edit.ts';
import {unit} from '#resources/units/unit.ts';
import {type Bound, boundFinding, exampleExposure, exposureSays, exposureState} from '../shared/bound.ts';
import {kernelBound, tcpOn} from '../shared/kernel-bound.ts';

const conf = '/etc/default/slapd';
/** slapd does not start where it cannot have one of its addresses: without IPv6 there is no ::1. */
const localOn = (known: ReadonlyMap<string, string>): string =>
	`ldap://127.0.0.1/ ${known.has('::1') ? 'ldap://[::1]/ ' : ''}ldapi:///`;

const kinds = defineKinds({
	open: {
		state: exposureState,
		/** `local`: what it should be told to listen on. */
		example: {...exampleExposure, plain: true, local: 'ldap://127.0.0.1/ ldap://[::1]/ ldapi:///'},
		says: ({plain, ...exposure}) => `${exposureSays(exposure)}${plain ? ', and has no TLS' : ''}`,
		remedy: {
			sentence: `Set SLAPD_SERVICES="${localOn(new Map([['::1', 'lo']]))}" (without [::1] where IPv6 is switched off) in ${conf} and restart slapd; where other hosts must reach it, give it a certificate (olcTLSCertificateFile) and a firewall.`,
		},
		fix: ({local}) => [
			edit(
				{path: conf, format: 'shell', settings: [{key: 'SLAPD_SERVICES', value: [local]}]},
				{owes: [{unit: 'slapd.service', do: 'restart'}]},
			),
			unit({name: 'slapd.service', running: true, files: [conf]}, {needs: [`path:${conf}`]}),
		],
	},
});

export const check = defineCheck({
	id: 'ldap.listeners',
	title: 'The directory listens on this host only, or with TLS',
	why: 'A simple bind sends the password. Beyond this host it wants TLS; an open directory also tells everybody who asks which accounts there are.',
	reads: [
		`${conf}: SLAPD_SERVICES`,
		'/proc/PID/cmdline of slapd: -h',
		'/proc/net/tcp and tcp6: ports 389 and 636',
		'cn=config: olcTLSCertificateFile',
	],
	severity: 'fail',
	layers: ['file', 'runtime', 'kernel'],
	requires: ['ldap.server'],
	source: 'ipynbsrv guide, "LDAP Container"; OpenLDAP Administrator\'s Guide, "Using TLS"',
	verify: 'ss -ltn; ldapsearch -x -ZZ -H ldap://NAME -b "" -s base',
	facts: {packages, listeners, interfaces, config: ldapFacts},
	kinds,
	appliesTo: ({facts}) => isInstalled(facts.packages.all.get('slapd')) || 'slapd is not installed',
	async inspect({host, facts, expect}) {
		const known = (await ifTold(() => facts.interfaces)) ?? new Map<string, string>();
		const tls = await ifTold(
			() =>
				facts.config !== 'absent' &&
				facts.config.entries.some(({attributes}) => attributes.has('olctlscertificatefile')),
		);
		const file = await seeAs(() => fileBound(host));
		const runtime = await seeAs(async () => {
			const pid = tcpOn(facts.listeners, 389).find(isSlapd)?.process?.pid;
			return runtimeBound(host, pid);
		});
		const kernel = await seeAs(() => {
			const [plain, secure] = [
				kernelBound(host, () => facts.listeners, 389),
				kernelBound(host, () => facts.listeners, 636),
			];
			return {
				addresses: [...plain.addresses, ...secure.addresses],
				seen: {value: [...(plain.seen.value as string[]), ...(secure.seen.value as string[])], where: plain.seen.where},
			};
		});
		const {exposure, expected, layers} = boundFinding({layers: {file, runtime, kernel}, known, intended: []});
		const meant = expect.length === 0 || expect.includes('everywhere');
		if (exposure === undefined) return [{expected, layers, is: 'ok'}];
		if (meant && tls === true) return [{expected, layers, is: 'ok', says: 'listens beyond this host, with TLS'}];
		return [{expected, layers, is: 'open', data: {...exposure, plain: tls === false, local: localOn(known)}}];
	},
});

const fileBound = async (host: Reader): Promise<Bound> => {
	const text = (await textOf(host, conf)) ?? '';
	const set = assignmentsOf(text).findLast(({key}) => key === 'SLAPD_SERVICES');
	if (set !== undefined && set.value === undefined)
		throw new Blocked({because: 'unreadable', need: `${conf} computes SLAPD_SERVICES`});
	const value = set?.value ?? 'ldap:/// ldapi:///';
	return {
		addresses: addressesOf(value),
		seen: {
			value,
			where: set === undefined ? `${conf}: no SLAPD_SERVICES` : `${conf}:${lineNumber(text, set.statement.start)}`,
		},
	};
};

const runtimeBound = async (host: Reader, pid: number | undefined): Promise<Bound> => {
	const words =
		pid === undefined
			? []
			: (await host.read(`/proc/${pid}/cmdline`).then(bytes => Buffer.from(bytes ?? '').toString('utf8'))).split('\0');
	if (words.length === 0) return fromUnit(host);
	const value = words[words.indexOf('-h') + 1] ?? '';
	return {addresses: addressesOf(value), seen: {value, where: `/proc/${pid}/cmdline`}};
};

/** Where the process cannot be told from its socket, its pid file names it; its command line is open to all. */
const fromUnit = async (host: Reader): Promise<Bound> => {
	const pid = Number(Buffer.from((await host.read('/run/slapd/slapd.pid')) ?? '').toString('utf8'));
	const text = Buffer.from((pid > 0 ? await host.read(`/proc/${pid}/cmdline`) : undefined) ?? '').toString('utf8');
	const words = text.split('\0');
	const value = words[words.indexOf('-h') + 1] ?? '';
	return {addresses: addressesOf(value), seen: {value, where: `/proc/${pid}/cmdline`}};
};

/** `ldap:///` is every address. */
/** Anybody may call a process so; its unit, where systemd keeps one, nobody can take. */
const isSlapd = ({process}: Listener): boolean =>
	process?.name === 'slapd' && ['slapd.service', undefined].includes(process.unit);

const addressesOf = (services: string): readonly string[] =>
	[...services.matchAll(/ldaps?:\/\/(\[[^\]]*\]|[^:/\s]*)/g)].map(([, host = '']) =>
		host === '' ? '::' : host.replace(/^\[|\]$/g, ''),
	);
