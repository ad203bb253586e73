/**
 * The checks of CC-Server and of OpenSlides on one booted Debian 12. Neither program can be had from Debian: their files, units, processes and
 * ports are made as the guides say, and Redis, PostgreSQL, systemd, ifupdown and the kernel are the real ones.
 */
import {withTool} from '../support/with-host.ts';
import {script} from './support/inside.ts';
import {type Recipe, recipes} from './support/recipes.ts';
import {services} from './support/services.ts';

const config = '/home/ccuser/cc-server/config.toml';
const secret = 'q7Rk2mWz9TfL4cVb8nXs';

const toml = `[server]
host = 'http://172.17.0.1:5000'
log_dir = '~/log'
internal_port = 5000
scheduling_interval_seconds = 60

[ipc]
tee_port = 14736
worker_port = 14737
secret = '${secret}'

[mongo]
username = 'ccdbAdmin'
password = 'another-${secret}'
host = 'localhost'
port = 27017
db = 'ccdb'

[docker]
thread_limit = 8
api_timeout = 30

[docker.nodes.local]
base_url = 'unix://var/run/docker.sock'

[defaults.application_container_description]
entry_point = 'python3 /opt/container_worker'

[defaults.data_container_description]
image = '127.0.0.1:5001/cc/data:1'
entry_point = 'python3 /opt/container_worker'
container_ram = 512

[defaults.data_container_description.registry_auth]
username = 'cc'
password = 'third-${secret}'
`;

/** Listens where its config.toml says, on the address that the unit gives. */
const program = `import os, re, socket, time
text = open('config.toml').read()
kept = []
for key, address in (('tee_port', '127.0.0.1'), ('worker_port', '127.0.0.1'), ('internal_port', os.environ['ADDRESS'])):
    kept.append(socket.create_server((address, int(re.search(key + r' = (\\\\d+)', text).group(1))), reuse_port=False))
open('/run/cc-server/up', 'w').write('up')
while True:
    time.sleep(60)
`;

/** A registry with one image, for one account. */
const registry = `import base64, http.server
class One(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self):
        known = self.headers.get('Authorization') == 'Basic ' + base64.b64encode(b'cc:third-${secret}').decode()
        self.send_response((200 if self.path == '/v2/cc/data/manifests/1' else 404) if known else 401)
        self.send_header('Content-Length', '0')
        self.end_headers()
http.server.HTTPServer(('127.0.0.1', 5001), One).serve_forever()
`;
const registryAnswers = 'until grep -q 0100007F:1389 /proc/net/tcp; do sleep 0.1; done';
const log = '/home/ccuser/log/server.log';
const started = '2026-11-30 03:00:00 | Loaded TOML config from /home/ccuser/cc-server/config.toml';

const ccUnit = `[Unit]
StartLimitIntervalSec=0
[Service]
User=ccuser
WorkingDirectory=/home/ccuser/cc-server
Environment=ADDRESS=127.0.0.1
RuntimeDirectory=cc-server
ExecStart=/usr/bin/python3 cc_server
ExecStartPost=/bin/sh -c 'until test -e /run/cc-server/up; do sleep 0.1; done'
[Install]
WantedBy=multi-user.target
`;

const versions = '/srv/openslides/versions';
const instance = '5c1d0a52-7f3b-4e0e-9d5c-0a8a4f5d3b11';
const hash = 'sha512-6a229c6187cb6168eaac1d11ce85b14c';
const backend = '/etc/systemd/system/openslides-backend.service';
const backendUnit = `[Unit]
Description=OpenSlides multi instance backend
Wants=network.target

[Service]
ExecStart=/usr/bin/python3 /home/openslides/openslides-multiinstance-backend/python/backend.py \\
    --instance-meta-dir /srv/openslides/instances \\
    --versions-meta-dir ${versions} \\
    --instances-dir /srv/openslides/instances
User=openslides

[Install]
WantedBy=multi-user.target
`;
const sleeper = '[Service]\nExecStart=/bin/sleep infinity\n[Install]\nWantedBy=multi-user.target\n';
const interfaces = '/etc/network/interfaces';
const stanza = `auto tap0
iface tap0 inet static
        pre-up ip link add tap0 type bridge
        post-down ip link del tap0
        address 172.16.28.1
        netmask 255.255.0.0
`;
const redis = '/etc/redis/redis.conf';
const postgres = '/etc/postgresql/15/main/postgresql.conf';

/** A file from a here-document; nothing in it is expanded. */
const write = (path: string, text: string): string => `cat > ${path} <<'END_OF_FILE'\n${text}END_OF_FILE\n`;
const restart = 'systemctl restart cc-server';
const writeConfig = `${write(config, toml)}chown ccuser: ${config}; chmod 640 ${config}`;

const prepare = `
useradd -m -s /bin/bash ccuser; useradd -m -s /bin/bash openslides
mkdir -p /home/ccuser/cc-server/cc_server
${write('/home/ccuser/cc-server/cc_server/__main__.py', program.replaceAll('\\\\', '\\'))}
${writeConfig}
${write('/etc/systemd/system/cc-server.service', ccUnit)}
${write('/usr/local/lib/registry.py', registry)}
printf '[Service]\\nExecStart=/usr/bin/python3 /usr/local/lib/registry.py\\n' > /etc/systemd/system/docker-registry.service
mkdir /home/ccuser/log; echo '${started}' > ${log}; chown -R ccuser: /home/ccuser/log
groupadd docker; usermod -aG docker ccuser; touch /run/docker.sock; chgrp docker /run/docker.sock; chmod 660 /run/docker.sock
mkdir -p ${versions} /srv/openslides/instances/${instance} /home/openslides/openslides-multiinstance-backend/python
echo 'import time; time.sleep(1e6)' > /home/openslides/openslides-multiinstance-backend/python/backend.py
${write(backend, backendUnit)}
echo '[{"id": "1", "name": "2.1-master", "image": "${hash}"}]' > ${versions}/openslides_versions.json
echo '[{"id": "1", "domain": "openslides.example.com"}]' > ${versions}/domains.json
echo '{"id": "${instance}", "slug": "party", "superadmin_password": "never-shown"}' > /srv/openslides/instances/openslides_instance_${instance}.json
touch /srv/openslides/instances/${instance}/installed
${write(`/etc/systemd/system/openslides_instance_${instance}.service`, sleeper)}
chown -R openslides: /srv/openslides
${write(interfaces, stanza)}
ifup tap0
sed -i 's/^bind .*/bind 127.0.0.1 172.16.28.1/' ${redis}
echo "listen_addresses = 'localhost,172.16.28.1'" >> ${postgres}
systemctl daemon-reload
systemctl start docker-registry; ${registryAnswers}
systemctl enable --now cc-server openslides-backend openslides_instance_${instance}
systemctl restart redis-server postgresql
`;

const ccServer: readonly Recipe[] = [
	{
		name: 'a quote is missing',
		check: 'cc-server.config',
		is: 'noToml',
		break: script(`sed -i "s/^db = 'ccdb'/db = 'ccdb/" ${config}`),
		verdict: 'fail',
		says: /is no TOML/,
		mend: script(`${writeConfig}; ${restart}`),
	},
	{
		name: 'a key is missing, another is text',
		check: 'cc-server.config',
		is: 'incomplete',
		break: script(`sed -i -e '/^worker_port/d' -e "s/^port = 27017/port = '27017'/" ${config}; ${restart} --no-block`),
		verdict: 'fail',
		says: /ipc\.worker_port is missing; mongo\.port is no number/,
		mend: script(`${writeConfig}; ${restart}`),
	},
	{
		name: 'changed and not taken up',
		check: 'cc-server.config',
		is: 'notTakenUp',
		item: 'taken-up',
		break: script(`sleep 1.2; echo >> ${config}`),
		verdict: 'warn',
		says: /changed in the file, not in the process/,
		mend: script(restart),
	},
	{
		name: 'a port is held by somebody else',
		check: 'cc-server.ports',
		is: 'held',
		item: 'tee_port',
		break: script(
			`systemctl stop cc-server; systemd-run -q --unit=thief python3 -m http.server --bind 127.0.0.1 14736; until grep -q ':3990 ' /proc/net/tcp; do sleep 0.1; done`,
		),
		verdict: 'fail',
		says: /14736 is held by python3 of root \(process \d+\)/,
		layers: {file: 14736, kernel: ['127.0.0.1:14736']},
		mend: script('systemctl stop thief; systemctl start cc-server'),
	},
	{
		name: 'two ports are one',
		check: 'cc-server.ports',
		is: 'twice',
		item: 'worker_port',
		break: script(`sed -i 's/^worker_port.*/worker_port = 14736/' ${config}`),
		verdict: 'fail',
		says: /14736 is tee_port as well/,
		mend: script(`${writeConfig}; ${restart}`),
	},
	{
		name: 'a port for root alone',
		check: 'cc-server.ports',
		is: 'forRoot',
		item: 'tee_port',
		break: script(`sed -i 's/^tee_port.*/tee_port = 736/' ${config}`),
		verdict: 'fail',
		says: /736 is for root alone/,
		layers: {file: 736, kernel: 'free'},
		mend: script(`${writeConfig}; ${restart}`),
	},
	{
		name: 'the secret of the sample',
		check: 'cc-server.secret',
		is: 'weak',
		item: 'ipc.secret',
		break: script(`sed -i "s/^secret = .*/secret = 'SECRET'/" ${config}`),
		verdict: 'fail',
		says: /is still that of the sample/,
		layers: {file: 'the sample'},
		mend: script(writeConfig),
	},
	{
		name: 'everybody may read it',
		check: 'cc-server.secret',
		is: 'open',
		item: 'mode',
		break: script(`chmod 644 ${config}`),
		verdict: 'warn',
		layers: {file: '0644'},
		mend: 'remedy',
	},
	{
		name: 'the internal port on every address',
		check: 'cc-server.internal-port',
		is: 'open',
		break: script(
			`mkdir -p /run/systemd/system/cc-server.service.d; printf '[Service]\\nEnvironment=ADDRESS=0.0.0.0\\n' > /run/systemd/system/cc-server.service.d/all.conf; systemctl daemon-reload; ${restart}`,
		),
		verdict: 'fail',
		says: /answers from outside on 0\.0\.0\.0/,
		layers: {file: 5000, kernel: ['0.0.0.0:5000']},
		mend: script(`rm -r /run/systemd/system/cc-server.service.d; systemctl daemon-reload; ${restart}`),
	},
	{
		name: 'its user may not read its file',
		check: 'cc-server.config',
		is: 'passedOver',
		item: config,
		break: script(`chown root: ${config}; chmod 600 ${config}`),
		verdict: 'fail',
		says: /ccuser may not read \S+config\.toml, and CC-Server passes over it without a word/,
		mend: script(`${writeConfig}; ${restart}`),
	},
	{
		name: 'another file goes before it',
		check: 'cc-server.config',
		is: 'hidden',
		item: config,
		break: script(
			`mkdir -p /home/ccuser/.config/curious-containers; cp -p ${config} /home/ccuser/.config/curious-containers/; chown -R ccuser: /home/ccuser/.config`,
		),
		verdict: 'warn',
		says: /counts for nothing: \/home\/ccuser\/\.config\/curious-containers\/config\.toml goes before it/,
		mend: script('rm -r /home/ccuser/.config'),
	},
	{
		name: 'nothing runs it',
		check: 'cc-server.site',
		is: 'nowhere',
		break: script('systemctl stop cc-server'),
		verdict: 'fail',
		says: /no process does, and no site of Apache leads to it/,
		mend: script('systemctl start cc-server'),
	},
	{
		name: 'its node was dead when it started',
		check: 'cc-server.nodes',
		is: 'dead',
		item: 'local',
		break: script(`echo '2026-11-30 03:00:05 | Dead node: local' >> ${log}`),
		verdict: 'fail',
		says: /dead when CC-Server started, and stays so/,
		layers: {file: 'unix://var/run/docker.sock', runtime: 'dead'},
		mend: script(`echo '${started}' >> ${log}`),
	},
	{
		name: 'it may not write its log',
		check: 'cc-server.nodes',
		is: 'mute',
		item: 'log',
		break: script('chown -R root:root /home/ccuser/log; chmod 700 /home/ccuser/log'),
		verdict: 'fail',
		says: /ccuser may not write \/home\/ccuser\/log/,
		mend: 'remedy',
	},
	{
		name: 'its user left the group of the engine',
		check: 'cc-server.nodes',
		is: 'noSocket',
		item: 'local',
		break: script('gpasswd -d ccuser docker'),
		verdict: 'fail',
		says: /ccuser may not open \/run\/docker\.sock: it is not in the group docker/,
		mend: 'remedy',
	},
	{
		name: 'its registry is down',
		check: 'cc-server.pull',
		is: 'silent',
		break: script('systemctl stop docker-registry'),
		verdict: 'fail',
		says: /127\.0\.0\.1:5001 does not answer/,
		mend: script(`systemctl start docker-registry; ${registryAnswers}`),
	},
	{
		name: 'the password at the registry is another',
		check: 'cc-server.pull',
		is: 'refused',
		break: script(`sed -i "s/^password = 'third-/password = 'fourth-/" ${config}`),
		verdict: 'fail',
		says: /the registry 127\.0\.0\.1:5001 refuses cc/,
		layers: {runtime: 401},
		mend: script(`${writeConfig}; ${restart}`),
	},
	{
		name: 'the registry lacks the image',
		check: 'cc-server.pull',
		is: 'lacking',
		break: script(`sed -i 's#cc/data:1#cc/data:2#' ${config}`),
		verdict: 'fail',
		says: /its registry has no 127\.0\.0\.1:5001\/cc\/data:2/,
		layers: {runtime: 404},
		mend: script(`${writeConfig}; ${restart}`),
	},
];

const openslides: readonly Recipe[] = [
	{
		name: 'a list that the backend may not read',
		check: 'openslides.files',
		is: 'closed',
		item: 'domains.json',
		break: script(`chown root:root ${versions}/domains.json; chmod 600 ${versions}/domains.json`),
		verdict: 'fail',
		says: /runs as openslides, which may not read it/,
		mend: 'remedy',
	},
	{
		name: 'a comma too many',
		check: 'openslides.files',
		is: 'wrong',
		item: 'domains.json',
		break: script(`sed -i 's/}]/},]/' ${versions}/domains.json`),
		verdict: 'fail',
		says: /is no JSON/,
		mend: script(`sed -i 's/},]/}]/' ${versions}/domains.json`),
	},
	{
		name: 'the placeholder of the guide',
		check: 'openslides.files',
		is: 'placeholder',
		item: 'version 1',
		break: script(`sed -i 's/sha512-[0-9a-f]*/sha512-<<HASH RETURNED BY rkt>>/' ${versions}/openslides_versions.json`),
		verdict: 'fail',
		says: /placeholder/,
		mend: script(`sed -i 's/sha512-<<.*>>/${hash}/' ${versions}/openslides_versions.json`),
	},
	{
		name: 'its service failed',
		check: 'openslides.instances',
		is: 'failed',
		item: instance,
		break: script(
			`systemctl kill -s SEGV openslides_instance_${instance}; until systemctl is-failed -q openslides_instance_${instance}; do sleep 0.1; done`,
		),
		verdict: 'fail',
		says: /error: its service failed/,
		mend: 'remedy',
	},
	{
		name: 'installing for hours',
		check: 'openslides.instances',
		is: 'notInstalled',
		item: instance,
		break: script(
			`rm /srv/openslides/instances/${instance}/installed; touch -d '3 hours ago' /srv/openslides/instances/*.json`,
		),
		verdict: 'fail',
		says: /installing for more than an hour/,
		mend: script(`touch /srv/openslides/instances/${instance}/installed`),
	},
	{
		name: 'installing failed, as its log tells',
		check: 'openslides.instances',
		is: 'notInstalled',
		item: instance,
		break: script(
			`rm /srv/openslides/instances/${instance}/installed; echo '[{"localhost": {"failed": true, "msg": "no such image"}}]' > /srv/openslides/instances/ansible.${instance}.log.json`,
		),
		verdict: 'fail',
		says: /installing failed: no such image/,
		mend: script(
			`touch /srv/openslides/instances/${instance}/installed; rm /srv/openslides/instances/ansible.${instance}.log.json`,
		),
	},
	{
		name: 'the backend is down',
		check: 'openslides.unit',
		is: 'down',
		item: 'running',
		break: script('systemctl stop openslides-backend'),
		verdict: 'fail',
		says: /is inactive/,
	},
	{
		name: 'the backend is not enabled',
		check: 'openslides.unit',
		item: 'boot',
		is: 'notAtBoot',
		break: script('systemctl disable openslides-backend'),
		verdict: 'warn',
	},
	{
		name: 'nothing makes instances',
		check: 'openslides.unit',
		item: 'instances',
		break: script(
			`sed -i 's#--instances-dir#--python-ansible /bin/false --instances-dir#' ${backend}; systemctl daemon-reload`,
		),
		is: 'apiOnly',
		verdict: 'warn',
		mend: script(`sed -i 's#--python-ansible /bin/false ##' ${backend}; systemctl daemon-reload`),
	},
	{
		name: 'a password on its command line',
		check: 'openslides.unit',
		item: 'password',
		break: script(
			`sed -i 's#--instances-dir#--postgres-password geheim-hier --instances-dir#' ${backend}; systemctl daemon-reload`,
		),
		is: 'password',
		verdict: 'warn',
		layers: {file: '--postgres-password'},
		mend: script(`sed -i 's#--postgres-password geheim-hier ##' ${backend}; systemctl daemon-reload`),
	},
	{
		name: 'nothing waits for the interface',
		check: 'openslides.network',
		is: 'tooLate',
		item: '172.16.28.1 boot Redis',
		break: script(`sed -i 's/^auto /allow-hotplug /' ${interfaces}`),
		verdict: 'fail',
		says: /may start before 172\.16\.28\.1 is there: tap0 is allow-hotplug/,
		layers: {file: 'ifupdown: tap0 is allow-hotplug, which nothing waits for', kernel: 'tap0'},
	},
	{
		name: 'started before the address was there',
		check: 'openslides.network',
		is: 'startedBefore',
		item: '172.16.28.1 now PostgreSQL 15/main',
		break: script(
			'sysctl -q -w net.ipv4.ip_nonlocal_bind=0; ifdown tap0; systemctl restart postgresql@15-main; ifup tap0; sysctl -q -w net.ipv4.ip_nonlocal_bind=1',
		),
		verdict: 'fail',
		says: /does not listen on it: it started before the address was there/,
	},
	{
		name: 'the interface is gone',
		check: 'openslides.network',
		is: 'missing',
		item: '172.16.28.1 now Redis',
		break: script('ifdown tap0'),
		verdict: 'fail',
		says: /no interface has 172\.16\.28\.1/,
		mend: script('ifup tap0'),
	},
];

recipes(
	'cc-server and openslides: every check on a booted host',
	{layer: withTool('ifupdown', services), network: 'none', timeout: 400_000},
	[...ccServer, ...openslides],
	{
		prepare: script(prepare),
	},
);
