/** What is read of the host for AWS: from where people are logged in, and an access key in a file. */
import {expect, test} from 'vitest';
import {keyFileText, readKeyFile} from '#host/aws/key-file.ts';
import {remoteLogins} from '#host/system/remote-logins.ts';
import {reveal, Secret} from '#model/secret.ts';
import {fileReader} from '../../support/file-reader.ts';

test('public addresses of those who are logged in, each once; names and private networks tell nobody elsewhere anything', async () => {
	const session = (host: string): string => `UID=0\nREMOTE=1\nREMOTE_HOST=${host}\nSTATE=active\n`;
	const host = fileReader({
		'/run/systemd/sessions/1': session('203.0.113.7'),
		'/run/systemd/sessions/2': session('203.0.113.7'),
		'/run/systemd/sessions/3': session('2001:db8::7'),
		'/run/systemd/sessions/4': session('192.168.1.4'),
		'/run/systemd/sessions/5': session('172.20.0.4'),
		'/run/systemd/sessions/6': session('fe80::1'),
		'/run/systemd/sessions/7': session('laptop.example.org'),
		'/run/systemd/sessions/c1': 'UID=0\nREMOTE=0\n',
	});
	expect(await host.fact(remoteLogins)).toEqual(['2001:db8::7', '203.0.113.7']);
	expect(await fileReader({}).fact(remoteLogins)).toEqual([]);
});

test('a key file says back what was written, and one without a key has none', async () => {
	const text = reveal(keyFileText({id: 'AKIA1', key: new Secret('key', 'a/b+c=d')}));
	const read = await readKeyFile(fileReader({'/k': text}), '/k');
	expect([read?.id, read === undefined ? '' : reveal(read.key)]).toEqual(['AKIA1', 'a/b+c=d']);
	expect(await readKeyFile(fileReader({'/k': '[default]\naws_access_key_id = AKIA1\n'}), '/k')).toBeUndefined();
	expect(await readKeyFile(fileReader({}), '/k')).toBeUndefined();
});
