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

/** Of a CC-Server, whose account is tried. */
const config = '/opt/cc-server/config.toml';
const secret = 'h7Rk2mWz9TfL4cVb8nXs';
const toml = `[server]
host = 'http://172.17.0.1:5000'

[mongo]
username = 'ccdbAdmin'
password = '${secret}'
host = '127.0.0.1'
port = 27017
db = 'ccdb'
`;
const account = `{user: "ccdbAdmin", pwd: "${secret}", roles: [{role: "readWrite", db: "ccdb"}]}`;
const asBoss = (words: string): string => `mongo --quiet -u boss -p ${secret} admin --eval '${words}'`;
const ccdb = 'db.getSiblingDB("ccdb")';

const list: readonly Recipe[] = [
	{
		name: 'the password of its account is another',
		check: 'cc-server.mongo',
		is: 'refused',
		break: script(asBoss(`${ccdb}.changeUserPassword("ccdbAdmin", "another-${secret}")`)),
		verdict: 'fail',
		says: /ccdbAdmin cannot log in to ccdb at 127\.0\.0\.1:27017/,
		layers: {runtime: {login: 'refused'}},
		mend: script(asBoss(`${ccdb}.changeUserPassword("ccdbAdmin", "${secret}")`)),
	},
	{
		name: 'its account may not read its database',
		check: 'cc-server.mongo',
		is: 'barred',
		break: script(asBoss(`${ccdb}.revokeRolesFromUser("ccdbAdmin", [{role: "readWrite", db: "ccdb"}])`)),
		verdict: 'fail',
		says: /logs in, and may not read ccdb/,
		mend: script(asBoss(`${ccdb}.grantRolesToUser("ccdbAdmin", [{role: "readWrite", db: "ccdb"}])`)),
	},
	{
		name: 'nobody may log in',
		check: 'cc-server.mongo',
		is: 'nobody',
		break: script(`mongo --quiet -u ccdbAdmin -p ${secret} ccdb --eval 'db.users.remove({})'`),
		verdict: 'warn',
		says: /ccdb has no account of CC-Server/,
		mend: script(`mongo --quiet -u ccdbAdmin -p ${secret} ccdb --eval 'db.users.insert({username: "ada"})'`),
	},
	{
		name: 'at another port',
		check: 'cc-server.mongo',
		is: 'silent',
		break: script(`sed -i 's/^port = .*/port = 27018/' ${config}`),
		verdict: 'fail',
		says: /MongoDB at 127\.0\.0\.1:27018 does not answer/,
		mend: script(`sed -i 's/^port = .*/port = 27017/' ${config}`),
	},
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
		check: 'mongodb.running',
		item: 'running',
		break: script('systemctl kill -s STOP mongodb'),
		verdict: 'fail',
		says: /stopped by a signal \(SIGSTOP\): it answers nobody/,
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
		is: 'open',
		break: script(`sed -i 's/^bind_ip.*/bind_ip = 0.0.0.0/' ${conf}; ${restart}`),
		verdict: 'fail',
		says: /answers from outside on 0\.0\.0\.0/,
		layers: {file: '0.0.0.0', kernel: ['0.0.0.0:27017']},
		mend: script(`${write(yaml)}${restart}`),
	},
	{
		name: 'on every address',
		check: 'mongodb.bind',
		is: 'open',
		break: script(`sed -i 's/bindIp: .*/bindIp: 0.0.0.0/' ${conf}; ${restart}`),
		verdict: 'fail',
		says: /answers from outside on 0\.0\.0\.0/,
		layers: {file: '0.0.0.0', kernel: ['0.0.0.0:27017']},
	},
	{
		name: 'closed in the file, still open in the process',
		check: 'mongodb.bind',
		is: 'open',
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
mkdir -p /opt/cc-server/cc_server
cat > ${config} <<'END_OF_FILE'
${toml}END_OF_FILE
${answers}
mongo --quiet ccdb --eval 'db.createUser(${account}); db.users.insert({username: "ada"})'
mongo --quiet admin --eval 'db.createUser({user: "boss", pwd: "${secret}", roles: ["root"]})'
${write(yaml)}
${restart}`),
	});
// Not a tool that .ci/run could install: where that archive is out of reach there is no server to ask, and this says so.
else if (process.env['CI'] === 'true')
	test(`not tried, for it needs ${lack}`, async () => expect(await lackingMongodb()).toBe(lack), 30_000);
else test(name, context => context.skip(`needs: ${lack}`));
