/** CC-Server pulls the image of data containers from its registry at every start; a pull that fails makes the node dead. */

import {ccServers} from '#host/cc-server/servers.ts';
import {see} from '#host/see.ts';
import {refuseStrangers} from '#host/system/who-answers.ts';
import {defineCheck} from '#model/check.ts';
import {Fault} from '#model/fault.ts';
import {defineKinds, type FoundOf} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {type CcRead, forEachServer, noCcServer, withConfig} from '../shared/cc-findings.ts';

const onThisHost = (registry: string): boolean => /^(127\.|localhost[:/]|localhost$|\[::1\])/.test(registry);

const kinds = defineKinds({
	silent: {
		state: 'fail',
		example: {registry: '127.0.0.1:5001', why: 'nobody takes connections there'},
		says: ({registry, why}) =>
			`its registry ${registry} does not answer (${why}): the next start of CC-Server makes the node dead`,
		remedy: ({registry}) =>
			onThisHost(registry)
				? {
						sentence:
							'Start the registry; if it stops again, journalctl -u docker-registry says why. Restart CC-Server where it started meanwhile.',
						commands: [['systemctl', 'start', 'docker-registry.service']],
					}
				: {sentence: 'See whether the registry runs, and whether this host and the engines reach it.'},
	},
	refused: {
		state: 'fail',
		example: {registry: '127.0.0.1:5001', user: 'cc'},
		says: ({registry, user}) =>
			`the registry ${registry} refuses ${user}: the next start of CC-Server makes the node dead`,
		remedy: {
			sentence:
				'Make the password of that account there and registry_auth in config.toml one again; where setup installed both, apply the answers again. Then restart CC-Server.',
		},
	},
	lacking: {
		state: 'fail',
		example: {image: '127.0.0.1:5001/cc/data:1'},
		says: ({image}) => `its registry has no ${image}: the next start of CC-Server makes the node dead`,
		remedy: ({image}) => ({
			sentence: `Push it again (docker push ${image}); where setup made it, apply the answers again. Or write the name of one that is there into config.toml, and restart CC-Server.`,
		}),
	},
});

type Found = FoundOf<typeof kinds>;

export const check = defineCheck({
	id: 'cc-server.pull',
	title: 'Its registry has the image of data containers, and lets it pull',
	why: 'An image that only the engine has is not enough: it is pulled from its registry at every start, on every node, and a pull that fails makes the node dead until the next start.',
	reads: [
		'config.toml: defaults.data_container_description.image and registry_auth (the password is used, never shown)',
		'HEAD /v2/NAME/manifests/TAG at the registry that the name begins with, as that account',
	],
	severity: 'fail',
	layers: ['file', 'runtime'],
	source: 'CC-Server guide, "defaults" (registry_auth); "Docker Registry"',
	verify: 'docker login REGISTRY; docker pull IMAGE',
	facts: {servers: ccServers},
	kinds,
	appliesTo: ({facts}) => facts.servers.length > 0 || noCcServer,
	inspect: ({host, facts}) =>
		forEachServer(facts.servers, server =>
			withConfig<Found>(server, host, 'to be pulled', async config => [await findingOf(config, host)]),
		),
});

const section = 'defaults.data_container_description';

const findingOf = async (config: CcRead, host: Reader): Promise<Found> => {
	const named = config.at(`${section}.image`);
	const expected = 'to be pulled';
	if (typeof named?.value !== 'string')
		return {
			is: 'ok',
			expected,
			layers: {file: {because: 'unreadable', need: `${config.path} names no image`}},
		};
	const image = named.value;
	let wrong: {readonly is: string; readonly data?: unknown} = {is: 'ok'};
	const runtime = await see(async () => {
		const {registry, name, tag} = partsOf(image);
		if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'the registry must be asked'});
		if (registry === undefined)
			throw new Blocked({because: 'remote', need: 'the public hub is not asked for it at every look'});
		const user = String(config.at(`${section}.registry_auth.username`)?.value ?? '');
		const password = config.secrets.get(`${section}.registry_auth.password`)?.secret;
		const {hostname, port} = new URL(`https://${registry}`);
		await refuseStrangers(host, {host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || 443}, [
			'docker-registry',
		]);
		const where = `HEAD /v2/${name}/manifests/${tag} at ${registry}`;
		const {httpAsk} = await import('#host/web/http.ts');
		try {
			const {status, headers} = await httpAsk({
				url: `http${onThisHost(registry) ? '' : 's'}://${registry}/v2/${name}/manifests/${tag}`,
				method: 'HEAD',
				headers: {Accept: manifests},
				...(password !== undefined && {login: {user, password}}),
				timeout: patience,
				deadline: patience,
				redirects: 0,
			});
			if (status === 401 && /^bearer/i.test(String(headers['www-authenticate'] ?? '')))
				throw new Blocked({because: 'remote', need: `${registry} sends to somebody else for a token`});
			if (status === 401 || status === 403) wrong = {is: 'refused', data: {registry, user: user || 'everybody'}};
			else if (status === 404) wrong = {is: 'lacking', data: {image}};
			else if (status >= 500) wrong = {is: 'silent', data: {registry, why: `it answers ${status}`}};
			return {value: status, where};
		} catch (error) {
			if (!(error instanceof Fault && error.code.startsWith('http.'))) throw error;
			wrong = {is: 'silent', data: {registry, why: whys[error.code] ?? error.sentence}};
			return {value: 'no answer', where};
		}
	});
	return {...wrong, item: image, expected, layers: {file: {value: image, where: named.where}, runtime}} as Found;
};

const patience = 4000;

const manifests =
	'application/vnd.docker.distribution.manifest.v2+json, application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json';

const whys: Readonly<Record<string, string>> = {
	'http.refused': 'nobody takes connections there',
	'http.timeout': 'no answer in time',
	'http.dns': 'its name is not known',
};

/** `registry`: undefined for the public hub. A tag or a digest stands behind the name. */
const partsOf = (
	image: string,
): {readonly registry: string | undefined; readonly name: string; readonly tag: string} => {
	const [, first, rest = image] = /^([^/]*[.:][^/]*|localhost)\/(.+)$/.exec(image) ?? [];
	const [, name = rest, tag = 'latest'] =
		/^([^@]+?)(?::[^@/]+)?@(.+)$/.exec(rest) ?? /^(.+):([^:/]+)$/.exec(rest) ?? [];
	return {registry: first === 'docker.io' ? undefined : first, name, tag};
};
