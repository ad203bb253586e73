/** Debian's nginx with sites as the guides write them, and an authority of our own: what the checks of nginx and TLS look at. */
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {until} from '../../support/until.ts';
import {type Layer, withPackages} from '../../support/with-host.ts';

export const web: Layer = withPackages('web', [
	'libatomic1',
	'nginx',
	'ssl-cert',
	'openssl',
	'apache2-utils',
	'certbot',
	'postfix',
	'curl',
	'procps',
]);

export const site = '/etc/nginx/sites-available/openslides';

/** The guide's management interface, with what today's nginx takes of it. */
const siteText = `server {
    listen 80;
    server_name openslides.example.com;
    location / {
        return 301 https://$host$request_uri;
    }
}

server {
    listen 443 ssl;
    server_name openslides.example.com;
    ssl_certificate /etc/ssl/site/chain.pem;
    ssl_certificate_key /etc/ssl/site/key.pem;
    add_header Strict-Transport-Security "max-age=31536000" always;

    location /api/ {
        proxy_pass http://localhost:5000;
        auth_basic "closed site";
        auth_basic_user_file conf.d/htpasswd;
    }
    location / {
        proxy_pass http://localhost:4200;
        auth_basic "closed site";
        auth_basic_user_file conf.d/htpasswd;
    }
}
`;

/** An authority that this host trusts, one between, and a certificate of it for the site. */
export const authority = `set -e
mkdir -p /etc/ssl/site /root/ca
cd /root/ca
openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj '/CN=Test Root' -keyout root.key -out root.pem
cp root.pem /usr/local/share/ca-certificates/test-root.crt
update-ca-certificates
openssl req -newkey rsa:2048 -nodes -subj '/CN=Test Between' -keyout between.key -out between.csr
printf 'basicConstraints=critical,CA:TRUE\\n' > ca.ext
openssl x509 -req -in between.csr -CA root.pem -CAkey root.key -CAcreateserial -days 1800 -extfile ca.ext -out between.pem
`;

/** A certificate for some names, with its chain, from the authority above. */
export const issue = (names: readonly string[], days: number, to = '/etc/ssl/site'): string => `set -e
mkdir -p ${to}
cd /root/ca
openssl req -newkey rsa:2048 -nodes -subj '/CN=${names[0]}' -keyout site.key -out site.csr
printf 'subjectAltName=${names.map(name => `DNS:${name}`).join(',')}\\n' > site.ext
openssl x509 -req -in site.csr -CA between.pem -CAkey between.key -CAcreateserial -days ${days} -extfile site.ext -out site.pem
cat site.pem between.pem > ${to}/chain.pem
install -m 600 site.key ${to}/key.pem
`;

export const sh = (host: ThrowAway, script: string): Promise<string> =>
	host.must(['bash', '-c', script], {timeout: 120_000});

/** Writes a file inside. */
export const put = (host: ThrowAway, path: string, text: string): Promise<string> =>
	host.must(['tee', path], {stdin: text});

/** Waits until the workers are those of the last reload: a signal has no answer. */
export const reloaded = async (host: ThrowAway, how = 'systemctl reload nginx'): Promise<void> => {
	const workers = async (): Promise<string> => (await host.run(['pgrep', '-f', 'nginx: worker process *$'])).stdout;
	const before = await workers();
	await sh(host, how);
	await until(
		async () => {
			const now = await workers();
			return now !== '' && before.split('\n').every(pid => pid === '' || !now.split('\n').includes(pid));
		},
		{what: 'new workers'},
	);
};

/** Somebody takes the requests for the two ports of the guide, and ends them: what stands behind is not what is looked at. */
export const standIn = (host: ThrowAway): Promise<string> =>
	listenAs(
		host,
		'stand-in',
		'for $p (4200, 5000) { next if $p == 4200 && fork; $s = IO::Socket::INET->new(Listen => 5, LocalAddr => "127.0.0.1", LocalPort => $p, ReuseAddr => 1); close $c while $c = $s->accept }',
	);

/** A service of that name that runs some Perl. Its first character is no dollar: systemd would take the whole for the name of a variable. */
export const listenAs = (host: ThrowAway, unit: string, program: string): Promise<string> =>
	host.must(['systemd-run', `--unit=${unit}`, 'perl', '-MIO::Socket::INET', '-MIO::Socket::UNIX', '-e', program]);

/** The site of the guide, its password file by bcrypt, the stock site gone, TLS as it should be. */
export const prepareWeb = async (host: ThrowAway): Promise<void> => {
	await sh(host, authority);
	await sh(host, issue(['openslides.example.com'], 90));
	await put(host, site, siteText);
	await sh(
		host,
		`set -e
htpasswd -bcB /etc/nginx/conf.d/htpasswd admin secret-of-tests
ln -s ${site} /etc/nginx/sites-enabled/openslides
rm /etc/nginx/sites-enabled/default
sed -i 's/ssl_protocols .*/ssl_protocols TLSv1.2 TLSv1.3;/' /etc/nginx/nginx.conf`,
	);
	await standIn(host);
	await reloaded(host);
};
