import {z} from 'zod';
import {absolutePath, oneLine, sha256, unixName, url} from '#answers/questions/questions.ts';
import {defineStep} from '#model/step.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {sourceBuild} from '#resources/build/source-build.ts';
import {download} from '#resources/download/download.ts';
import {downloadListed} from '#resources/download/listed.ts';
import {directory} from '#resources/files/directory.ts';
import {edit} from '#resources/files/edit.ts';
import {file} from '#resources/files/file.ts';
import {unit} from '#resources/units/unit.ts';
import {pathThere, sumListed} from '#steps/probes/files.ts';
import {portFree} from '#steps/probes/port-free.ts';
import {urlThere} from '#steps/probes/url.ts';
import {guideFlags} from './openresty-flags.ts';

const fingerprint = z
	.string()
	.regex(/^[0-9A-Fa-f]{40}$/, {error: 'must be the 40 hexadecimal digits of a primary key'})
	.toUpperCase();

const check = z.discriminatedUnion('by', [
	z.strictObject({
		by: z.literal('sha256-file').meta({title: 'A file of sha256sum on this host'}),
		file: absolutePath().meta({
			reads: 'path',
			title: 'Path of the file',
			help: 'It names the archive and its sum, as sha256sum writes it.',
			example: '/root/openresty-1.27.1.2.tar.gz.sha256',
		}),
	}),
	z.strictObject({
		by: z.literal('sha256').meta({title: 'SHA-256'}),
		sha256: sha256().meta({
			title: 'SHA-256 of the archive',
			help: '64 hexadecimal digits; the archive is refused when it has another sum.',
			example: '0'.repeat(64),
		}),
	}),
	z.strictObject({
		by: z.literal('signature').meta({title: 'OpenPGP signature'}),
		signature: oneLine().meta({
			reads: 'path',
			title: 'URL or path of the .asc',
			help: 'The detached signature of the archive.',
			example: 'https://openresty.org/download/openresty-1.27.1.2.tar.gz.asc',
		}),
		key: oneLine().meta({
			reads: 'path',
			title: 'URL or path of the public key',
			help: 'It is trusted only as far as its fingerprint is the one below.',
			example: 'https://openresty.org/package/pubkey.gpg',
		}),
		fingerprint: fingerprint.meta({
			title: 'Fingerprint of its primary key',
			help: '40 hexadecimal digits, taken from a place that you trust.',
			example: '25451EB088460026195BD62CB550E09EA0E98066',
		}),
	}),
]);

/** OpenResty from source, because the guide needs modules that the distribution's nginx lacks. */
export const openresty = defineStep({
	id: 'openresty',
	title: 'OpenResty',
	uses: {sources: 'sources'},
	about:
		"Builds OpenResty from a verified source archive with the guide's flags, rids nginx.conf of the stock servers, includes sites-enabled, and starts it at boot.",
	guide: 'ipynbsrv: Nginx/OpenResty; Django/Application',
	questions: z.strictObject({
		version: z
			.string()
			.regex(/^[0-9A-Za-z.+~-]{1,40}$/, {error: 'must be a version such as 1.27.1.2'})
			.default('1.27.1.2')
			.meta({title: 'Version', help: "The guide's 1.7.7.1 is from 2015 and no longer builds.", from: 'setup'}),
		source: z
			.discriminatedUnion('from', [
				z.strictObject({
					from: z.literal('url').meta({title: 'Downloaded'}),
					url: url({protocols: ['https', 'http']}).meta({
						title: 'URL of the archive',
						help: 'Loaded at the install; whether it answers is asked at once.',
						example: 'https://openresty.org/download/openresty-1.27.1.2.tar.gz',
					}),
				}),
				z.strictObject({
					from: z.literal('path').meta({title: 'From this host'}),
					path: absolutePath().meta({
						reads: 'path',
						title: 'Path of the archive',
						help: 'Nothing is loaded then.',
						example: '/root/openresty-1.27.1.2.tar.gz',
					}),
				}),
			])
			.meta({title: 'Source archive', help: 'OpenResty is built from source, as the guide does.'}),
		check: check.meta({
			title: 'How the archive is verified',
			help: 'What is built runs as root at its start, so it is never taken unseen.',
		}),
		prefix: absolutePath()
			.default('/usr/local/openresty')
			.meta({title: 'Prefix', help: 'The folder that OpenResty is installed into.', from: 'guide'}),
		flags: z
			.array(z.string().regex(/^--[A-Za-z][^\n]*$/, {error: 'must be an option of ./configure, --like-this'}))
			.default([...guideFlags])
			.meta({
				title: 'Options of ./configure',
				help: 'Options that this version no longer knows are dropped, and said. The user, the group and the prefix are added.',
				from: 'guide',
			}),
		user: unixName().default('www-data').meta({
			title: 'User of its workers',
			help: 'They serve the requests; only the master process is root.',
			from: 'guide',
		}),
		jobs: z
			.int()
			.min(1)
			.max(256)
			.optional()
			.meta({title: 'Jobs of make', help: 'Default: the number of cores.', example: 2}),
	}),
	defaults: ({uses: {sources}}) =>
		sources.demo === undefined
			? {}
			: {
					version: {value: 'demo', from: 'sources'},
					source: {value: {from: 'path', path: `${sources.demo}/openresty.tar.gz`}, from: 'sources'},
					check: {value: {by: 'sha256-file', file: `${sources.demo}/openresty.tar.gz.sha256`}, from: 'sources'},
				},
	probes: ({version, source, check: verified}, {uses: {sources}}) => {
		const port = portFree(80, {ours: ['nginx'], about: []});
		const archive = source.from === 'path' ? source.path : source.url;
		// The demo's archive is made by the install.
		if (sources.demo !== undefined && archive.startsWith(`${sources.demo}/`)) return [port];
		const decides = [`path:${keptArchive(version)}`] as const;
		const there = (id: string, place: string, about: string) =>
			place.startsWith('/') ? pathThere(id, place, [about], 'file', decides) : urlThere(id, place, [about], decides);
		return [
			there('archive', archive, source.from === 'path' ? 'source.path' : 'source.url'),
			...('file' in verified
				? [
						sumListed(
							verified.file,
							archive,
							['check.file', source.from === 'path' ? 'source.path' : 'source.url'],
							decides,
						),
					]
				: []),
			...('signature' in verified
				? [there('signature', verified.signature, 'check.signature'), there('key', verified.key, 'check.key')]
				: []),
			port,
		];
	},
	offers: ({prefix, user, flags}) => ({
		webServer: {
			conf: `${prefix}/nginx/conf`,
			user,
			unit: 'openresty.service',
			realIp: flags.includes('--with-http_realip_module'),
		},
	}),
	expects: ({prefix, user, flags}) => {
		const binary = `${prefix}/nginx/sbin/nginx`;
		const modules = flags.flatMap(flag => /^--with-(http_\w+_module|stream|mail)$/.exec(flag)?.[1] ?? []);
		return {
			'nginx.default-site': true,
			'nginx.settings': {binary, user, sites: `${prefix}/nginx/conf/sites-enabled/*.conf`},
			...(flags.length > 0 && {'nginx.modules': {binary, modules}}),
		};
	},
	resources: answers => {
		const {prefix, user} = answers;
		const nginx = `${prefix}/nginx`;
		const conf = `${nginx}/conf`;
		const from = answers.source.from === 'path' ? answers.source.path : answers.source.url;
		const kept = keptArchive(answers.version);
		return [
			aptPackages(
				{
					names: [
						'libreadline-dev',
						'libncurses5-dev',
						'libpcre3-dev',
						'libssl-dev',
						'zlib1g-dev',
						'perl',
						'make',
						'gcc',
						'libc6-dev',
						...(answers.check.by === 'signature' ? ['gpg'] : []),
					],
				},
				{
					id: 'apt:openresty-build',
					group: 'build',
					needs: ['done:requirements', 'done:dpkg-consistent'],
					provides: ['done:build-packages'],
				},
			),
			answers.check.by === 'sha256-file'
				? downloadListed({from, to: kept, sha256File: answers.check.file})
				: download({
						from,
						to: kept,
						check: answers.check.by === 'sha256' ? {sha256: answers.check.sha256} : answers.check,
					}),
			sourceBuild(
				{
					name: 'openresty',
					archive: kept,
					version: answers.version,
					prefix,
					flags: [`--user=${user}`, `--group=${user}`, ...answers.flags],
					binary: 'nginx/sbin/nginx',
					...(answers.jobs !== undefined && {jobs: answers.jobs}),
				},
				{
					needs: ['done:build-packages'],
					provides: [`path:${nginx}`, `path:${conf}`, `path:${conf}/nginx.conf`],
					owes: [{unit: 'openresty.service', do: 'restart'}],
				},
			),
			directory({path: `${conf}/sites-enabled`, mode: 0o755, owner: 'root:root'}),
			edit(
				{
					path: `${conf}/nginx.conf`,
					format: 'nginx',
					settings: [
						{block: [], directive: 'user', args: [[user]]},
						{block: [], directive: 'worker_processes', args: [['auto']]},
						{block: ['http'], removeBlocks: 'server'},
						{block: ['http'], include: `${conf}/sites-enabled/*.conf`},
					],
				},
				{
					needs: [`path:${conf}/sites-enabled`],
					provides: ['done:nginx-conf'],
					owes: [{unit: 'openresty.service', do: 'reload'}],
				},
			),
			file({path: '/etc/systemd/system/openresty.service', text: [unitFile(nginx)], mode: 0o644, owner: 'root:root'}),
			unit(
				{name: 'openresty.service', enabled: true, running: true, files: ['/etc/systemd/system/openresty.service']},
				{needs: ['path:/etc/systemd/system/openresty.service', 'done:nginx-conf', `path:${prefix}`]},
			),
		];
	},
});

const keptArchive = (version: string): string => `/usr/local/src/openresty-${version}.tar.gz`;

// nginx signals itself: a minimal host has no /bin/kill.
const unitFile = (nginx: string): string => `[Unit]
Description=OpenResty
Documentation=https://openresty.org/
After=network-online.target nss-lookup.target
Wants=network-online.target

[Service]
Type=forking
PIDFile=${nginx}/logs/nginx.pid
ExecStartPre=${nginx}/sbin/nginx -t -q
ExecStart=${nginx}/sbin/nginx
ExecReload=${nginx}/sbin/nginx -t -q
ExecReload=${nginx}/sbin/nginx -s reload
KillMode=mixed
KillSignal=SIGQUIT
TimeoutStopSec=10
PrivateTmp=true

[Install]
WantedBy=multi-user.target
`;
