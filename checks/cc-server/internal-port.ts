/** Flask's own server speaks no TLS: whoever reaches the internal port reads every password that is sent to it. */

import {type CcServer, ccServers} from '#host/cc-server/servers.ts';
import {isSeen, seeAs} from '#host/see.ts';
import {interfaces} from '#host/system/interfaces.ts';
import {listeners} from '#host/system/listeners.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, type Sight} from '#model/finding.ts';
import {boundFinding, exampleExposure, exposureSays, exposureState} from '../shared/bound.ts';
import {forEachServer, noCcServer, portAt, withConfig} from '../shared/cc-findings.ts';
import {kernelBound} from '../shared/kernel-bound.ts';

const kinds = defineKinds({
	open: {
		state: exposureState,
		example: {...exampleExposure, port: 5000},
		says: exposureSays,
		remedy: ({port}) => ({
			sentence: `Let it answer on the address of docker0 only, or run CC-Server under Apache with mod_wsgi as the guide wants for production; until then close port ${port} in the firewall for every interface but lo and docker0, and waive this.`,
		}),
	},
});

type Found = FoundOf<typeof kinds>;

export const check = defineCheck({
	id: 'cc-server.internal-port',
	title: 'Its internal port answers this host and its containers only',
	why: 'The internal port is HTTP without TLS, from a server meant for development. The guide wants it never exposed: containers reach it over the bridge, people through Apache. A firewall before it is the second best: it fails open.',
	reads: [
		'config.toml: server.internal_port',
		'/proc/net/tcp and tcp6: who listens on it',
		'the addresses of this host and their interfaces',
	],
	severity: 'fail',
	layers: ['kernel'],
	source: 'CC-Server guide, "server" (internal_port)',
	verify:
		'ss -ltn "sport = :5000" shows 127.0.0.1 or the address of docker0; curl http://ADDRESS:5000/ from another host gives no answer',
	facts: {servers: ccServers, listeners, interfaces},
	kinds,
	appliesTo: ({facts}) =>
		facts.servers.length === 0
			? noCcServer
			: facts.servers.some(({wsgi}) => !wsgi) || 'CC-Server runs under Apache, and its internal_port is not used',
	inspect: ({host, facts, expect}) =>
		forEachServer(facts.servers.filter(isOwn), server =>
			withConfig<Found>(server, host, 'this host and its containers', async config => {
				const file = await portAt(config, 'server.internal_port');
				if (!isSeen(file)) return [{is: 'ok', expected: 'this host and its containers', layers: {kernel: file}}];
				const port = Number(file.value);
				const kernel = await seeAs(() => kernelBound(host, () => facts.listeners, port));
				const known = await seeAs(() => facts.interfaces);
				const intended = expect.flat().map(String);
				const {exposure, expected, layers} = boundFinding({
					layers: {kernel},
					known: 'because' in known ? new Map() : known,
					intended,
				});
				const sight: Sight = {item: String(port), expected, layers: {...layers, file}};
				return [exposure === undefined ? {...sight, is: 'ok'} : {...sight, is: 'open', data: {...exposure, port}}];
			}),
		),
});

const isOwn = ({wsgi}: CcServer): boolean => !wsgi;
