/** The checks of MongoDB against a real one on a booted Debian 11, with its file in both forms. */
import {expect, test} from 'vitest';
import {script} from './support/inside.ts';
import {lackingMongodb, mongodb} from './support/mongodb.ts';
import {type Recipe, recipes} from './support/recipes.ts';

const conf = '/etc/mongodb.conf';
const yaml = `storage:
  dbPath: /var/lib/mongodb
systemLog:
  destination: file
  path: /var/log/mongodb/mongodb.log
  logAppend: true
net:
  bindIp: 127.0.0.1  # nobody else
security:
  authorization: enabled
`;
const old = `dbpath=/var/lib/mongodb
logpath=/var/log/mongodb/mongodb.log
logappend=true
bind_ip = 127.0.0.1
auth = true
`;

const write = (text: string): string => `cat > ${conf} <<'END_OF_FILE'\n${text}END_OF_FILE\n`;
const answers = `for n in $(seq 100); do mongo --quiet --eval 'db.version()' > /dev/null 2>&1 && break; sleep 0.2; done`;
const restart = `systemctl restart mongodb; ${answers}`;

const list: readonly Recipe[] = [
	{
		name: 'stopped',
		check: 'mongodb.running',
		is: 'down',
		item: 'running',
		break: script('systemctl stop mongodb'),
		verdict: 'fail',
		says: /mongodb\.service is inactive/,
		mend: script(`systemctl start mongodb; ${answers}`),
	},
	{
		name: 'hung',
		check: 'mongodb.authentication',
		break: script('systemctl kill -s STOP mongodb'),
		verdict: 'unknown',
		layers: {file: 'enabled', runtime: 'unknown'},
		mend: script('systemctl kill -s CONT mongodb'),
	},
	{
		name: 'authorization off',
		check: 'mongodb.authentication',
		is: 'open',
		break: script(`sed -i 's/authorization: enabled/authorization: disabled/' ${conf}; ${restart}`),
		verdict: 'fail',
		says: /^asks nobody for a password$/,
		layers: {file: 'disabled', runtime: 'lists its databases to everybody'},
		mend: script(`${write(yaml)}${restart}`),
	},
	{
		name: 'authorization off in the file, not yet in the process',
		check: 'mongodb.authentication',
		is: 'openNext',
		break: script(`sed -i '/^security/,$d' ${conf}`),
		verdict: 'fail',
		says: /from its next start it asks nobody/,
		layers: {file: 'disabled', runtime: expect.stringMatching(/not authorized|requires authentication/)},
		mend: script(write(yaml)),
	},
	{
		name: 'authorization on in the file, not yet in the process; the older form',
		check: 'mongodb.authentication',
		is: 'stillOpen',
		break: script(`${write(old.replace('auth = true', 'noauth = true'))}${restart}; ${write(old)}`),
		verdict: 'fail',
		says: /it still asks nobody for a password/,
		layers: {file: 'enabled', runtime: 'lists its databases to everybody'},
		mend: script(restart),
	},
	{
		name: 'on every address; the older form',
		check: 'mongodb.bind',
		break: script(`sed -i 's/^bind_ip.*/bind_ip = 0.0.0.0/' ${conf}; ${restart}`),
		verdict: 'fail',
		says: /answers from outside on 0\.0\.0\.0/,
		layers: {file: '0.0.0.0', kernel: ['0.0.0.0:27017']},
		mend: script(`${write(yaml)}${restart}`),
	},
	{
		name: 'on every address',
		check: 'mongodb.bind',
		break: script(`sed -i 's/bindIp: .*/bindIp: 0.0.0.0/' ${conf}; ${restart}`),
		verdict: 'fail',
		says: /answers from outside on 0\.0\.0\.0/,
		layers: {file: '0.0.0.0', kernel: ['0.0.0.0:27017']},
	},
	{
		name: 'closed in the file, still open in the process',
		check: 'mongodb.bind',
		break: script(`sed -i 's/bindIp: .*/bindIp: 0.0.0.0/' ${conf}; ${restart}; ${write(yaml)}`),
		verdict: 'fail',
		says: /changed in the file, not in the process: it still answers from outside/,
		layers: {file: '127.0.0.1', kernel: ['0.0.0.0:27017']},
	},
];

const lack = await lackingMongodb();
const name = 'mongodb: every check against a real server on a booted host';
if (lack === undefined)
	recipes(name, {release: 'bullseye', layer: mongodb, network: 'none', timeout: 400_000}, list, {
		prepare: script(`
mkdir -p /etc/systemd/system/mongodb.service.d
printf '[Unit]\\nStartLimitIntervalSec=0\\n' > /etc/systemd/system/mongodb.service.d/often.conf
systemctl daemon-reload
${answers}
${write(yaml)}
${restart}`),
	});
// Not a tool that .ci/run could install: where that archive is out of reach there is no server to ask, and this says so.
else if (process.env['CI'] === 'true')
	test(`not tried, for it needs ${lack}`, async () => expect(await lackingMongodb()).toBe(lack), 30_000);
else test(name, context => context.skip(`needs: ${lack}`));
