/**
 * The -dev packages that pip needs to compile what has no wheel for this interpreter. Nobody finds them but by reading a failed build,
 * so what the requirements name brings along what its build would ask for.
 */

import type {Reader} from '#model/host.ts';
import {type Edges, type Resource, resource} from '#model/resource.ts';
import type {Thing} from '#model/thing.ts';
import {Blocked} from '#model/unknown.ts';
import {aptPackagesType} from '../apt/apt-packages.ts';
import {plainName} from './distributions.ts';
import {parseRequirements, readRequirements} from './requirements.ts';

export type HeadersSpec = {
	/** Absolute paths of the files that pip is given. */
	readonly requirements: readonly string[];
	/** Names and versions that pip is given besides. */
	readonly packages: readonly string[];
};

/** The packages of the distribution that building these needs, known once the requirements are there. Provides done:python-headers. */
export const pythonHeaders = (spec: HeadersSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		aptPackagesType,
		{
			...edges,
			id: edges.id ?? 'apt:python-headers',
			needs: [...new Set<Thing>([...spec.requirements.map(path => `path:${path}` as const), ...(edges.needs ?? [])])],
			provides: ['done:python-headers', ...(edges.provides ?? [])],
			locks: ['apt', ...(edges.locks ?? [])],
		},
		async host => ({names: await headersAskedBy(spec, host), recommends: false}),
		{names: [], recommends: false},
	);

/** By the name on PyPI, normalised: what its source distribution compiles against, by the names of the distribution (see package-names.ts). */
export const headersOf = (distributions: readonly string[]): readonly string[] => [
	...new Set(distributions.flatMap(name => (Object.hasOwn(headers, name) ? (headers[name] ?? []) : []))),
];

/** The package that has a header or a configuration program named in a failed build; undefined where the table does not know it. */
export const packageOfHeader = (file: string): string | undefined =>
	(Object.hasOwn(files, file) ? files[file] : undefined) ?? prefixes.find(([start]) => file.startsWith(start))?.[1];

const headersAskedBy = async ({requirements, packages}: HeadersSpec, host: Reader): Promise<readonly string[]> => {
	const texts = await readRequirements(host, requirements);
	if (texts === undefined) throw new Blocked({because: 'until', thing: `path:${requirements[0] ?? ''}`});
	const named = parseRequirements([...texts, ...packages].join('\n')).map(({name}) => plainName(name));
	return headersOf(named);
};

const images = ['libjpeg-dev', 'zlib1g-dev', 'libfreetype-dev'];
const xml = ['libxml2-dev', 'libxslt1-dev', 'zlib1g-dev'];
const ldap = ['libldap2-dev', 'libsasl2-dev'];

const headers: Readonly<Record<string, readonly string[]>> = {
	cffi: ['libffi-dev'],
	cryptography: ['libssl-dev', 'libffi-dev'],
	gevent: ['libev-dev', 'libc-ares-dev'],
	h5py: ['libhdf5-dev'],
	lxml: xml,
	m2crypto: ['libssl-dev', 'swig'],
	mysqlclient: ['libmysqlclient-dev', 'pkg-config'],
	'mysql-python': ['libmysqlclient-dev'],
	pillow: images,
	psycopg: ['libpq-dev'],
	psycopg2: ['libpq-dev'],
	pycurl: ['libcurl4-openssl-dev', 'libssl-dev'],
	pygraphviz: ['libgraphviz-dev', 'pkg-config'],
	pyldap: ldap,
	pyodbc: ['unixodbc-dev'],
	'django-auth-ldap': ldap,
	'django-ldapdb': ldap,
	'python-ldap': ldap,
	'python-magic': ['libmagic1'],
	pyyaml: ['libyaml-dev'],
	pyzmq: ['libzmq3-dev'],
	reportlab: ['libfreetype-dev'],
	shapely: ['libgeos-dev'],
	uwsgi: ['libpcre3-dev'],
	xmlsec: ['libxmlsec1-dev', 'pkg-config'],
};

const files: Readonly<Record<string, string>> = {
	'Python.h': 'python3-dev',
	'curl-config': 'libcurl4-openssl-dev',
	'ffi.h': 'libffi-dev',
	'jpeglib.h': 'libjpeg-dev',
	'lber.h': 'libldap2-dev',
	'ldap.h': 'libldap2-dev',
	'libpq-fe.h': 'libpq-dev',
	mysql_config: 'default-libmysqlclient-dev',
	'mysql.h': 'default-libmysqlclient-dev',
	pg_config: 'libpq-dev',
	'pg_config.h': 'libpq-dev',
	'sasl.h': 'libsasl2-dev',
	'sasl/sasl.h': 'libsasl2-dev',
	'sql.h': 'unixodbc-dev',
	'yaml.h': 'libyaml-dev',
	'zlib.h': 'zlib1g-dev',
	'zmq.h': 'libzmq3-dev',
};

const prefixes: readonly (readonly [string, string])[] = [
	['openssl/', 'libssl-dev'],
	['libxml/', 'libxml2-dev'],
	['libxslt/', 'libxslt1-dev'],
	['xslt-config', 'libxslt1-dev'],
	['xml2-config', 'libxml2-dev'],
	['graphviz/', 'libgraphviz-dev'],
	['curl/', 'libcurl4-openssl-dev'],
	['mysql/', 'default-libmysqlclient-dev'],
];
