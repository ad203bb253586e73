/** The table as goss reads it. Services are asked as goss asks: enabled and running. */
import type {Fact} from './doctor-facts.ts';

/** A goss spec in JSON, which its YAML reader takes. */
export const gossSpec = (facts: readonly Fact[]): string => {
	const spec: Record<string, Record<string, unknown>> = {};
	for (const [n, fact] of facts.entries()) {
		const [type, key, value] = entry(fact, n);
		const section = spec[type] ?? {};
		spec[type] = {...section, [key]: value};
	}
	return JSON.stringify(spec, null, '\t');
};

const entry = (fact: Fact, n: number): readonly [string, string, unknown] => {
	switch (fact.kind) {
		case 'file': {
			const {path, contents = [], owner, group, mode, directory} = fact;
			return [
				'file',
				`file-${n}`,
				{
					path,
					exists: true,
					...(owner !== undefined && {owner}),
					...(group !== undefined && {group}),
					...(mode !== undefined && {mode}),
					...(directory && {filetype: 'directory'}),
					...(contents.length > 0 && {contents: contents.map(pattern => `/${pattern.replaceAll('/', '\\/')}/`)}),
				},
			];
		}
		case 'service':
			return ['service', fact.name, {enabled: true, running: true}];
		case 'port':
			return ['port', `tcp:${fact.port}`, {listening: true, ...(fact.ip !== undefined && {ip: [fact.ip]})}];
		case 'redis':
			return [
				'command',
				`redis-${n}`,
				{
					exec: `redis-cli config get ${fact.key}`,
					'exit-status': 0,
					stdout: [fact.key, ...(fact.value === '' ? [] : [fact.value])],
				},
			];
		case 'mysql':
			return [
				'command',
				`mysql-${n}`,
				{exec: `mariadb -NBe 'select @@${fact.variable}'`, 'exit-status': 0, stdout: [fact.value]},
			];
		case 'certificate':
			return [
				'command',
				`certificate-${n}`,
				{exec: `openssl x509 -in ${fact.path} -noout -checkend ${fact.seconds}`, 'exit-status': 0},
			];
		case 'user':
			return [
				'user',
				fact.name,
				{
					exists: true,
					...(fact.shell !== undefined && {shell: fact.shell}),
					...(fact.home !== undefined && {home: fact.home}),
				},
			];
		case 'group':
			return ['group', fact.name, {exists: true, ...(fact.gid !== undefined && {gid: fact.gid})}];
		case 'package':
			return ['package', fact.name, {installed: fact.installed}];
	}
};
