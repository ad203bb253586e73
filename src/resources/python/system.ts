/** No environment: the packages of the distribution are compared with the requirements, so that what is missing is told by name and not by a traceback. */
import {statThrough} from '#host/files/stat-through.ts';
import type {Reader} from '#model/host.ts';
import {distributionsIn, systemSites, versionOfPath} from './distributions.ts';
import {meets, parseRequirements, readRequirements} from './requirements.ts';
import type {VenvSpec, VenvState} from './venv-spec.ts';

/** What of the requirements the packages of the system do not meet. */
export const inspectSystem = async (spec: VenvSpec, host: Reader): Promise<VenvState & {readonly at: 'system'}> => {
	const {path, stat} = await statThrough(host, spec.python);
	const version = versionOfPath(path);
	if (stat === undefined || version === undefined)
		return {at: 'system', missing: [`the interpreter ${spec.python}`], ready: false};
	const texts = await readRequirements(host, spec.requirements ?? []);
	const installed = await distributionsIn(host, systemSites(version));
	const wanted = [...(texts ?? []), (spec.packages ?? []).join('\n')].flatMap(parseRequirements);
	return {
		at: 'system',
		ready: texts !== undefined,
		missing: wanted.flatMap(({name, bounds}) => {
			const have = installed.get(name) ?? installed.get(alias[name] ?? name);
			if (have === undefined) return [name];
			return meets(have, bounds) ? [] : [`${name}${bounds.map(one => one.op + one.version).join(',')} (it is ${have})`];
		}),
	};
};

/** Debian names these distributions otherwise than PyPI. */
const alias: Readonly<Record<string, string>> = {'psycopg2-binary': 'psycopg2', mysqlclient: 'mysqlclient'};
