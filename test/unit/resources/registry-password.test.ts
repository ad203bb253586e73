/** The password of a registry goes to the registry, and not to whoever listens on its port while it is down. */
import {expect, test} from 'vitest';
import type {Reader} from '#model/host.ts';
import {Secret} from '#model/secret.ts';
import {Blocked} from '#model/unknown.ts';
import {containerImageType} from '#resources/containers/image.ts';
import {fileReader} from '../support/file-reader.ts';

test('a stranger on the port of a registry of this host is not asked', async () => {
	const head = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
	const reader: Reader = {
		...fileReader({
			'/etc/passwd': 'root:x:0:0::/root:/bin/sh\neve:x:1001:1001::/home/eve:/bin/sh\n',
			'/etc/group': '',
			'/proc/net/tcp': `${head}   0: 0100007F:1389 00000000:0000 0A 00000000:00000000 00:00000000 00000000   1001        0 4711 1 0 100\n`,
			'/proc/net/tcp6': head,
		}),
		root: '/',
		probe: async () => ({code: 0, stdout: 'abc ["127.0.0.1:5001/cc/data@sha256:1"]\n', stderr: ''}),
	};
	const spec = {
		engine: 'docker' as const,
		reference: '127.0.0.1:5001/cc/data:1',
		from: {local: true as const},
		registry: {user: 'cc', password: [new Secret('registry.password', 'c4n4ry-hunter2')]},
	};
	await expect(containerImageType.inspect(spec, reader)).rejects.toSatisfy(
		error => error instanceof Blocked && /the user eve listens on 127.0.0.1:5001/.test(error.message),
	);
});
