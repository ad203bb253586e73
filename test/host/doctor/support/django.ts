/** A Django of Debian's own behind gunicorn and nginx as the coralnet guide has it, and a second application under uwsgi: what the checks of both look at. */
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {until} from '../../support/until.ts';
import {type Layer, withPackages} from '../../support/with-host.ts';
import {put, sh} from './web.ts';

export const djangoLayer: Layer = withPackages('django', [
	'libatomic1',
	'nginx',
	'gunicorn',
	'uwsgi',
	'uwsgi-plugin-python3',
	'python3-django',
	'libjs-jquery',
	'git',
	'curl',
	'procps',
]);

export const project = '/srv/www/coralnet/project';
export const settings = `${project}/config/settings.py`;
export const unitPath = '/etc/systemd/system/coralnet.service';
export const uwsgiIni = '/etc/wui.ini';

const unitText = `[Unit]
Description=coralnet

[Service]
User=coralnet
Group=www-data
WorkingDirectory=${project}
Environment=PYTHONDONTWRITEBYTECODE=1
ExecStart=/usr/bin/gunicorn config.wsgi:application --bind=127.0.0.1:8001 --workers 1 --timeout 110

[Install]
WantedBy=multi-user.target
`;

const siteText = `server {
    listen 80;
    server_name coralnet.example.org;
    location /static/ {
        alias /srv/www/coralnet/static/;
    }
    location / {
        proxy_pass http://127.0.0.1:8001;
        proxy_set_header Host $host;
        proxy_read_timeout 2m;
    }
    location /wui/ {
        include uwsgi_params;
        uwsgi_pass unix:/run/wui/wui.sock;
    }
}
`;

const wui = `[uwsgi]
plugins = python3
wsgi-file = /srv/wui.py
master = true
processes = 2
socket = /run/wui/wui.sock
chmod-socket = 660
die-on-term = true
`;

const wuiUnit = `[Service]
Type=notify
User=wui
Group=www-data
RuntimeDirectory=wui
RuntimeDirectoryMode=0755
ExecStart=/usr/bin/uwsgi --ini ${uwsgiIni}

[Install]
WantedBy=multi-user.target
`;

/** manage.py as the user of the application. */
export const manage = (host: ThrowAway, words: string): Promise<string> =>
	sh(
		host,
		`cd ${project} && runuser -u coralnet -- env PYTHONDONTWRITEBYTECODE=1 DJANGO_SUPERUSER_PASSWORD=of-the-tests python3 manage.py ${words}`,
	);

/** Restarts it, and waits until it answers. */
export const restartApp = async (host: ThrowAway): Promise<void> => {
	await sh(host, 'systemctl daemon-reload; systemctl restart coralnet');
	await until(async () => (await host.run(['curl', '-s', '-o', '/dev/null', 'http://127.0.0.1:8001/'])).code === 0, {
		what: 'an answer of gunicorn',
	});
};

/** The project as it is published, committed; then settings as they should be, tables, static files, an administrator. */
export const prepareDjango = async (host: ThrowAway): Promise<void> => {
	await sh(
		host,
		`set -e
useradd --system --home-dir /srv/www/coralnet --create-home coralnet
useradd --system wui
mkdir -p ${project}
django-admin startproject config ${project}
cd ${project}
printf '\\nSTATIC_ROOT = "/srv/www/coralnet/static"\\n' >> ${settings}
chown -R coralnet: /srv/www/coralnet
chmod 755 /srv/www/coralnet
runuser -u coralnet -- git init -q
runuser -u coralnet -- git add .
runuser -u coralnet -- git -c user.name=x -c user.email=x@example.org commit -q -m published
sed -i "s/^SECRET_KEY = .*/SECRET_KEY = 'x7Kq9vRt2LmZ4wYc8NbHj3Pd6Sf1Ga5Ue0Qi-own-of-this-host'/; s/^DEBUG = .*/DEBUG = False/; s/^ALLOWED_HOSTS = .*/ALLOWED_HOSTS = ['coralnet.example.org', '127.0.0.1']/" ${settings}
rm -f /etc/nginx/sites-enabled/default`,
	);
	await manage(host, 'migrate -v0');
	await manage(host, 'collectstatic --noinput -v0');
	await manage(host, 'createsuperuser --noinput --username admin --email admin@example.org');
	await put(host, unitPath, unitText);
	await put(host, '/etc/nginx/sites-enabled/coralnet', siteText);
	await put(
		host,
		'/srv/wui.py',
		"def application(environ, start):\n    start('200 OK', [('Content-Type', 'text/plain')])\n    return [b'wui']\n",
	);
	await put(host, uwsgiIni, wui);
	await put(host, '/etc/systemd/system/wui.service', wuiUnit);
	await sh(
		host,
		'systemctl disable --now uwsgi 2>/dev/null; systemctl daemon-reload; systemctl enable --now coralnet wui; systemctl reload nginx',
	);
	await restartApp(host);
};
