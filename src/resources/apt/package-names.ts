/** What the guides call a package, by its name on each release. A name that is not here is the same everywhere. */
import type {Release} from '#host/apt/release.ts';

type Names = string | readonly string[] | null;
type Row = Names | {readonly [codename: string]: Names; readonly else: Names};

/** The packages of a release behind one name; none where it is not needed there. */
export const packageNames = (name: string, {id, codename}: Pick<Release, 'id' | 'codename'>): readonly string[] => {
	const row = Object.hasOwn(table, name) ? table[name]! : name;
	const names = isByRelease(row) ? pick(row, [codename, id]) : row;
	return names === null ? [] : typeof names === 'string' ? [names] : names;
};

// Keys of a row are code names or distributions, the code name first.
const table: Readonly<Record<string, Row>> = {
	'apache2-mpm-worker': null,
	'docker-engine': {trixie: ['docker.io', 'docker-cli'], else: 'docker.io'},
	'libapache2-mod-wsgi': 'libapache2-mod-wsgi-py3',
	'libmysqlclient-dev': 'default-libmysqlclient-dev',
	'libncurses5-dev': 'libncurses-dev',
	'libpam-ldap': ['libnss-ldapd', 'libpam-ldapd'],
	'libpcre3-dev': {trixie: 'libpcre2-dev', else: 'libpcre3-dev'},
	'mysql-server': {ubuntu: 'mysql-server', else: 'default-mysql-server'},
	'nodejs-legacy': 'nodejs',
	'python-dev': 'python3-dev',
	'python-pip': 'python3-pip',
	'python-psycopg2': 'python3-psycopg2',
	'python-virtualenv': 'python3-venv',
	'python3-distutils': {trixie: null, noble: null, else: 'python3-distutils'},
	rkt: 'podman',
	'systemd-resolved': {bullseye: null, jammy: null, else: 'systemd-resolved'},
	'uwsgi-plugin-python': 'uwsgi-plugin-python3',
};

const isByRelease = (row: Row): row is {readonly [codename: string]: Names; readonly else: Names} =>
	typeof row === 'object' && row !== null && !Array.isArray(row);

const pick = (row: {readonly [codename: string]: Names; readonly else: Names}, keys: readonly string[]): Names => {
	const key = keys.find(one => Object.hasOwn(row, one));
	return key === undefined ? row.else : row[key]!;
};
