/** A directory whose file has reached its size goes on answering and takes no change: passwords, new accounts and logins that are noted fail, each with another error. */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {textOf} from '#host/files/text-of.ts';
import {parseLdif} from '#host/ldap/ldif.ts';
import {mdbUse} from '#host/ldap/mdb.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';

type Room = {readonly suffix: string; readonly percent: number; readonly size: number; readonly entry: string};

const example: Room = {
	suffix: 'dc=example,dc=org',
	percent: 96,
	size: 1_073_741_824,
	entry: 'olcDatabase={1}mdb,cn=config',
};

const says = ({suffix, percent, size}: Room): string =>
	`${suffix} fills ${percent} % of the ${shown(size)} that its file may have (olcDbMaxSize)${percent >= nearly ? ': soon it takes no change any more' : ''}`;

const remedy = ({entry, size}: Room) => ({
	sentence: `Set olcDbMaxSize of ${entry} to ${size * 2} (ldapmodify -Q -Y EXTERNAL -H ldapi:///; it needs no restart), where the disk has that room; see what grew (an accesslog, an audit that nobody trims).`,
});

const kinds = defineKinds({
	filling: {state: 'warn', example: {...example, percent: 84}, says, remedy},
	full: {state: 'fail', example, says, remedy},
});

const enough = 80;
const nearly = 95;

const shown = (bytes: number): string =>
	bytes >= 2 ** 30 ? `${Math.round(bytes / 2 ** 30)} GiB` : `${Math.round((bytes / 2 ** 20) * 10) / 10} MiB`;

/** What back_mdb takes where nothing is said. */
const standard = 10_485_760;
const directory = '/etc/ldap/slapd.d/cn=config';

export const check = defineCheck({
	id: 'ldap.room',
	title: 'The databases of slapd have room to grow',
	why: 'The file of a database may grow up to olcDbMaxSize, which is 10 MiB where nobody set it. From then on every change is refused, while searches and logins go on as before.',
	reads: [
		`${directory}/olcDatabase={N}mdb.ldif: olcDbDirectory, olcDbMaxSize`,
		'data.mdb there: the pages in use, those that were freed not counted',
	],
	severity: 'fail',
	layers: ['file'],
	source: 'slapd-mdb(5), maxsize',
	verify: 'mdb_stat -ef DIRECTORY (lmdb-utils): used pages against the maximum',
	facts: {packages},
	kinds,
	appliesTo: ({facts}) => isInstalled(facts.packages.all.get('slapd')) || 'slapd is not installed',
	async inspect({host}) {
		const names = ((await host.list(directory)) ?? []).filter(name => /^olcDatabase=\{\d+\}mdb\.ldif$/.test(name));
		const found = await Promise.all(names.map(name => findingOf(host, name)));
		return findings(found, {
			is: 'ok',
			says: 'no database is of back_mdb',
			expected: '',
			layers: {file: {value: [], where: directory}},
		});
	},
});

const findingOf = async (host: Reader, name: string): Promise<FoundOf<typeof kinds>> => {
	const path = `${directory}/${name}`;
	const entry = parseLdif((await textOf(host, path)) ?? '')[0]?.attributes;
	const of = (attribute: string): string | undefined => entry?.get(attribute)?.[0];
	const place = of('olcdbdirectory') ?? '/var/lib/ldap';
	const size = Number(of('olcdbmaxsize') ?? standard);
	const suffix = of('olcsuffix') ?? name;
	if (host.root !== '/') throw new Blocked({because: 'offline-root', need: `the pages of ${place}/data.mdb`});
	const {pageSize, used} = mdbUse(`${place}/data.mdb`);
	const percent = Math.round((used * pageSize * 100) / size);
	const sight = {
		item: suffix,
		expected: `less than ${enough} %`,
		layers: {file: {value: `${percent} %`, where: `${place}/data.mdb against ${path}`}},
	};
	if (percent < enough) return {...sight, is: 'ok', says: `${percent} % of ${shown(size)}`};
	const data = {suffix, percent, size, entry: `${name.replace(/\.ldif$/, '')},cn=config`};
	return {...sight, is: percent >= nearly ? 'full' : 'filling', data};
};
