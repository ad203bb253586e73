import {chmod, chown, mkdir, readFile, rm, writeFile} from 'node:fs/promises';
import {Secret} from '#model/secret.ts';
import {edit} from '#resources/files/edit.ts';
import {hostsNames} from '#resources/files/hosts-names.ts';
import {conformance} from './suite.ts';
import {quietly} from './tools.ts';

// releases: bookworm trixie

const directory = '/etc/conformance';
const canary = 'Kanarie \'n\' "quote" 12';
const foreign = 'Fremd-geheim-77';

const holding =
	(name: string, content: string | Uint8Array, mode = 0o644) =>
	async (): Promise<void> => {
		await rm(directory, {recursive: true, force: true});
		await mkdir(directory);
		await writeFile(`${directory}/${name}`, content);
		await chmod(`${directory}/${name}`, mode);
		await chown(`${directory}/${name}`, 0, 4);
	};

const nslcd = `# a comment\nuid nslcd\nuri ldap://localhost/\nbase dc=old\nbindpw ${foreign}\nssl off\n`;

const ada = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFZm8Vq2uU4xw1pWmYyoxkNl1T5aA6zJ3m3sRk9w0oQh ada@laptop';

conformance('edit', [
	{
		name: 'a key beside that of others',
		prepare: holding('authorized_keys', `restrict ssh-rsa AAAA somebody\n# a note\n`, 0o600),
		resource: () =>
			edit({path: `${directory}/authorized_keys`, format: 'authorized_keys', settings: [{key: ada}], mode: 0o600}),
		breakIt: () => quietly('sed', '-i', '/ada@laptop/d', `${directory}/authorized_keys`),
		touches: [directory],
	},
	{
		name: 'a new file of sudoers.d',
		prepare: holding('other', 'x\n'),
		resource: () =>
			edit({
				path: `${directory}/people`,
				format: 'sudoers',
				create: '',
				settings: [{rule: 'ada ALL=(ALL:ALL) NOPASSWD: ALL'}],
				mode: 0o440,
				owner: 'root:root',
			}),
		breakIt: () => quietly('sed', '-i', 's/NOPASSWD: //', `${directory}/people`),
		touches: [directory],
	},
	{
		name: 'a key-value file with a secret beside that of others',
		prepare: holding('nslcd.conf', nslcd, 0o640),
		resource: () =>
			edit({
				path: `${directory}/nslcd.conf`,
				format: 'nslcd.conf',
				settings: [
					{key: 'base', value: ['dc=new']},
					{key: 'ssl', value: ['start_tls']},
					{key: 'rootpwmodpw', value: [new Secret('root', 'Kanarie-no-blanks')]},
				],
			}),
		breakIt: () => quietly('sed', '-i', 's/dc=new/dc=other/', `${directory}/nslcd.conf`),
		touches: [directory],
		canaries: ['Kanarie-no-blanks', foreign],
	},
	{
		name: 'Python settings with a secret, mode tightened',
		prepare: holding(
			'settings.py',
			`DEBUG = True\nDATABASES = {'ldap': {'PASSWORD': '${foreign}'}}\nSECRET_KEY = '${foreign}'\n`,
		),
		resource: () =>
			edit({
				path: `${directory}/settings.py`,
				format: 'python',
				mode: 0o640,
				owner: 'root:www-data',
				settings: [
					{path: ['DEBUG'], value: {bool: false}},
					{path: ['DATABASES', 'ldap', 'PASSWORD'], value: {text: [new Secret('ldap', canary)]}},
				],
			}),
		breakIt: () => chmod(`${directory}/settings.py`, 0o644),
		touches: [directory],
		canaries: [canary, foreign],
	},
	{
		name: 'a file that is not UTF-8',
		prepare: holding('old.conf', Buffer.from('# caf\u00e9\nbase dc=old\n', 'latin1')),
		resource: () =>
			edit({path: `${directory}/old.conf`, format: 'nslcd.conf', settings: [{key: 'base', value: ['dc=new']}]}),
		touches: [directory],
	},
	{
		name: 'a new file',
		prepare: holding('other', ''),
		resource: () =>
			edit({
				path: `${directory}/new.cnf`,
				format: 'my.cnf',
				create: '# ours\n',
				mode: 0o600,
				settings: [{section: 'client', key: 'user', value: ['app']}],
			}),
		breakIt: () => rm(`${directory}/new.cnf`),
		touches: [directory],
	},
	{
		name: 'names on a host with /etc/hosts',
		prepare: () => writeFile('/etc/hosts', '127.0.0.1 localhost\n127.0.1.1\tvm app.ldap # ours once\n'),
		resource: () => hostsNames({address: '127.0.0.1', names: ['app.ldap', 'app.postgresql']}),
		breakIt: async () =>
			writeFile(
				'/etc/hosts',
				(await readFile('/etc/hosts', 'utf8')).replace('127.0.0.1\tapp.ldap', '10.0.0.1 app.ldap'),
			),
		touches: ['/etc/hosts'],
	},
	{
		name: 'names on a host without',
		prepare: () => rm('/etc/hosts', {force: true}),
		resource: () => hostsNames({address: '127.0.0.1', names: ['app.ldap']}),
		touches: ['/etc/hosts'],
	},
]);
