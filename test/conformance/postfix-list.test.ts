// packages: postfix
// releases: bookworm trixie
// soak: yes
import {execa} from 'execa';
import {postfixList} from '#resources/postfix/list-value.ts';
import {conformance} from './suite.ts';

const set = (value: string) => execa('postconf', ['-e', value]);
const now = async (): Promise<string> => (await execa('postconf', ['mynetworks', 'inet_interfaces'])).stdout;

conformance('postfix-list', [
	{
		name: 'a word among others',
		prepare: async () => void (await set('mynetworks = 127.0.0.0/8 [::1]/128')),
		resource: () => postfixList({parameter: 'mynetworks', words: ['10.99.98.0/24']}),
		breakIt: async () => void (await set('mynetworks = 127.0.0.0/8')),
		touches: [],
		rows: now,
	},
	{
		name: 'words and no others',
		prepare: async () => void (await set('inet_interfaces = all')),
		resource: () => postfixList({parameter: 'inet_interfaces', words: ['localhost'], only: true}),
		breakIt: async () => void (await set('inet_interfaces = all')),
		touches: [],
		rows: now,
	},
]);
