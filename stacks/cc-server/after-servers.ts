/**
 * What Apache waits for. CC-Server asks its engines and pulls its image once, when it starts: what does not answer then is dead until the next
 * start, and at a boot Apache comes long before an engine.
 */
export type Server = {readonly unit: string /** Of this host's loopback. */; readonly port?: number};

/** A drop-in for apache2.service. It starts without them as well, after a while: other sites are none of theirs. */
export const afterServers = (servers: readonly Server[]): string => {
	const units = servers.map(({unit}) => unit).join(' ');
	const ports = servers.flatMap(({port}) => (port === undefined ? [] : [port]));
	const answers = `for port in ${ports.join(' ')}; do until (: <>/dev/tcp/127.0.0.1/$$port) 2>/dev/null; do sleep 0.2; done; done`;
	return `# Written by setup.
[Unit]
After=${units}
Wants=${units}

[Service]
ExecStartPre=-/usr/bin/timeout 45 /bin/bash -c '${answers}'
`;
};
