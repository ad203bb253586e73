import type {AppServer} from '#host/app-servers/app-server.ts';
import {appServers} from '#host/app-servers/app-servers.ts';
import {misfitOf} from '#host/app-servers/interpreter.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';

/** `runs`: from memory, until somebody restarts it. */
type Of = {
	readonly server: string;
	readonly unit: string | undefined;
	readonly runs: boolean;
	readonly environment: string;
};

const of = {server: 'shop', unit: 'shop.service', runs: true, environment: '/srv/shop/venv'} as Of;

const starts = ({server, runs}: Of): string =>
	runs ? `${server} runs from memory and does not start again` : `${server} does not start`;

const anew = (data: Of) => ({
	sentence: `Restart nothing before. Where setup made ${data.environment}, setup apply makes it anew and restarts what runs from it; else, as its user: python3 -m venv --clear ${data.environment}, install its requirements with its pip, then restart ${data.unit ?? data.server}.`,
});

const kinds = defineKinds({
	noInterpreter: {
		state: 'fail',
		example: {...of, leads: '/usr/bin/python3.11'},
		says: data => `${starts(data)}: the interpreter of its environment is gone (${data.leads})`,
		remedy: anew,
	},
	otherInterpreter: {
		state: 'fail',
		example: {...of, was: '3.11', now: '3.13'},
		says: data =>
			`${starts(data)}: its environment is for Python ${data.was}, and the Python of this host is ${data.now} by now`,
		remedy: anew,
	},
});

/** An upgrade of the release takes the old Python away, and no application notices before its next start. */
export const check = defineCheck({
	id: 'appserver.interpreter',
	title: 'The Python of each application is the one its environment was made for',
	why: 'After an upgrade of the release the old interpreter is gone, and with it every package of an environment that was made for it. What runs has all of that in memory; the next restart or boot is its end.',
	reads: [
		'where bin/python of the environment of each uwsgi and gunicorn leads',
		'lib/python3.* of the environment: the version that its packages are for',
	],
	severity: 'fail',
	layers: ['file'],
	source: 'Python: venv, "How venvs work"; Debian release notes, Python',
	verify: 'ENVIRONMENT/bin/python -c "import django" as the user of the application',
	facts: {servers: appServers},
	kinds,
	appliesTo: ({facts: {servers}}) => servers.length > 0 || 'no uwsgi or gunicorn is told to run here',
	async inspect({host, facts: {servers}}) {
		const found = await Promise.all(servers.map(server => findingOf(host, server)));
		return findings<FoundOf<typeof kinds>>(
			found.filter(one => one !== undefined),
			{
				is: 'ok',
				expected: 'the Python it was made for',
				layers: {file: {value: [...new Set(servers.map(({python}) => python))], where: 'bin/python'}},
			},
		);
	},
});

const findingOf = async (host: Reader, server: AppServer): Promise<FoundOf<typeof kinds> | undefined> => {
	const misfit = await misfitOf(host, server);
	if (misfit === undefined) return undefined;
	const {environment} = misfit;
	const data = {server: server.item, unit: server.unit, runs: server.running !== undefined, environment};
	const sight = {item: server.item, expected: 'the Python it was made for'};
	return misfit.how === 'gone'
		? {
				...sight,
				is: 'noInterpreter',
				data: {...data, leads: misfit.leads},
				layers: {file: {value: `${misfit.leads}: not there`, where: server.python}},
			}
		: {
				...sight,
				is: 'otherInterpreter',
				data: {...data, was: misfit.was, now: misfit.now},
				layers: {file: {value: misfit.now, where: server.python}},
			};
};
