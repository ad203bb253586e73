/** What MongoDB's file says: /etc/mongod.conf in YAML from its own packages, /etc/mongodb.conf with `name = value` from Debian's and Ubuntu's. */
import type {Fact, Reader} from '#model/host.ts';
import {isInstalled, packages} from '../apt/packages.ts';
import {textOf} from '../files/text-of.ts';
import type {MongoFile, MongoLine} from './mongo-file.ts';

/** 'absent' where no server is installed and none of its files is there. */
export const mongoFile: Fact<MongoFile | 'absent'> = {
	id: 'mongodb-file',
	async read(host) {
		const {all} = await host.fact(packages);
		const server = ['mongodb-org-server', 'mongodb-enterprise-server', 'mongodb-server']
			.map(name => all.get(name))
			.find(isInstalled);
		const own = server === undefined ? undefined : server.name === 'mongodb-server' ? kinds[1] : kinds[0];
		const kind = own ?? (await firstThere(host));
		if (kind === undefined) return 'absent';
		const text = (await textOf(host, kind.path)) ?? '';
		return {
			...kind,
			version: /^(?:\d+:)?(\d+\.\d+)/.exec(server?.version ?? '')?.[1],
			...(await parseMongoConf(text, kind.path)),
		};
	},
};

const kinds = [
	{path: '/etc/mongod.conf', unit: 'mongod.service'},
	{path: '/etc/mongodb.conf', unit: 'mongodb.service'},
] as const;

const firstThere = async (host: Reader): Promise<(typeof kinds)[number] | undefined> => {
	for (const kind of kinds) if ((await host.stat(kind.path)) !== undefined) return kind;
	return undefined;
};

/** Either form: a line `name = value` outside of a comment is of the older one. */
export const parseMongoConf = async (
	text: string,
	path: string,
): Promise<Pick<MongoFile, 'settings' | 'yaml' | 'broken'>> => {
	if (/^[ \t]*[A-Za-z]\w*[ \t]*=/m.test(text)) return {settings: parseOld(text, path), yaml: false};
	const {parseMongoYaml} = await import('./yaml.ts');
	return {...parseMongoYaml(text, path), yaml: true};
};

/** The names that the older form has for what is asked here. */
const names: Readonly<Record<string, string>> = {
	dbpath: 'storage.dbPath',
	bind_ip: 'net.bindIp',
	bind_ip_all: 'net.bindIpAll',
	port: 'net.port',
	ipv6: 'net.ipv6',
	keyFile: 'security.keyFile',
};

const parseOld = (text: string, path: string): ReadonlyMap<string, MongoLine> =>
	new Map(
		text.split('\n').flatMap((line, index): readonly (readonly [string, MongoLine])[] => {
			const [, key = '', value = ''] = /^[ \t]*([A-Za-z]\w*)[ \t]*=[ \t]*([^#]*)/.exec(line) ?? [];
			const where = `${path}:${index + 1}`;
			if (key === 'auth' || key === 'noauth')
				return [
					[
						'security.authorization',
						{value: (value.trimEnd() === 'true') === (key === 'auth') ? 'enabled' : 'disabled', where},
					],
				];
			const name = names[key];
			return name === undefined ? [] : [[name, {value: value.trimEnd(), where}]];
		}),
	);
