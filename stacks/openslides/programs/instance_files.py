"""The texts that an instance is made of: its settings, its programs and its units. Everything in them was judged before (instance_record)."""

import os

SUPERVISED = [
    ('openslides', '/usr/local/bin/daphne openslides.asgi:channel_layer -p 8000 -b 0.0.0.0'),
    *((f'worker_{number}', '/app/manage.py runworker') for number in range(1, 5)),
]


def units_of(identifier):
    """Their names: the container, and the proxy with its socket."""
    return (
        f'openslides_instance_{identifier}.service',
        f'openslides_instance_proxy_{identifier}.service',
        f'openslides_instance_proxy_{identifier}.socket',
    )


def settings_py(record, settings, secret_key, password):
    at, redis = settings['address'], f'redis://{settings["address"]}:6379/0'
    database = (
        {'ENGINE': 'django.db.backends.sqlite3', 'NAME': '/data/data/database.sqlite'}
        if record['database'] == 'sqlite'
        else {
            'ENGINE': 'django.db.backends.postgresql',
            'NAME': f'openslides_{record["id"]}',
            'USER': f'openslides_{record["id"]}',
            'PASSWORD': password,
            'HOST': at,
        }
    )
    cache = {
        'BACKEND': 'django_redis.cache.RedisCache',
        'LOCATION': redis,
        'OPTIONS': {'CLIENT_CLASS': 'django_redis.client.DefaultClient'},
        'KEY_PREFIX': f'openslides-cache-{record["id"]}',
    }
    return f"""# Written by setup's role for this instance.
from openslides.global_settings import *

TIME_ZONE = {settings['timezone']!r}
SECRET_KEY = {secret_key!r}
ALLOWED_HOSTS = [{record['name'].split('/')[0]!r}]
EMAIL_HOST = {at!r}
EMAIL_PORT = 25
DATABASES = {{'default': {database!r}}}
MEDIA_ROOT = '/data/data/media/'
STATIC_URL = '/static/'
STATIC_ROOT = '/data/static/'
CHANNEL_LAYERS['default']['BACKEND'] = 'asgi_redis.RedisChannelLayer'
CHANNEL_LAYERS['default']['CONFIG']['prefix'] = {f'asgi-{record["id"]}:'!r}
CHANNEL_LAYERS['default']['CONFIG']['hosts'] = [({at!r}, 6379)]
CACHES = {{'default': {cache!r}}}
SESSION_ENGINE = 'redis_sessions.session'
SESSION_REDIS = {{'host': {at!r}, 'port': '6379', 'db': 0, 'prefix': {f'session-{record["id"]}'!r}}}
DISABLE_USER_CACHE = True
INSTALLED_PLUGINS += ()
INSTALLED_APPS += INSTALLED_PLUGINS
DEBUG = False
"""


def supervisord_conf():
    """No `user`: the container starts as it, and supervisord refuses to become what it is no root for."""
    programs = '\n'.join(
        f"""
[program:{name}]
command={command}
directory=/tmp
autorestart=true
stdout_logfile=/data/data/{name}.out
stderr_logfile=/data/data/{name}.err
"""
        for name, command in SUPERVISED
    )
    return f"""[supervisord]
nodaemon=true
logfile=/data/data/supervisor.log
pidfile=/tmp/supervisord.pid
environment=PYTHONPATH="/data:/app",DJANGO_SETTINGS_MODULE="settings"
{programs}"""


def page_502(state):
    return f'<!DOCTYPE html><meta charset="utf-8"><title>OpenSlides</title><p>This OpenSlides is {state}.</p>\n'


def unit_texts(record, settings, image, rkt, owner):
    """By name."""
    service, proxy, proxy_socket = units_of(record['id'])
    at = os.path.join(settings['instances'], record['id'])
    start = ' '.join((
        rkt, 'run', f'--uuid-file-save={uuid_file(record["id"])}', f'--port=8000-tcp:{record["port"]}', '--set-env=PYTHONPATH=/data:/app',
        '--set-env=DJANGO_SETTINGS_MODULE=settings', f'--volume volume-data,kind=host,source={at},readOnly=false',
        f'--volume volume-supervisord-conf,kind=host,source={at}/supervisord.conf', image, f'--user={owner[0]}', f'--group={owner[1]}',
        '--exec supervisord -- -c /supervisord.conf',
    ))
    servers = 'openslides-network.service postgresql.service redis-server.service'
    return {
        service: f"""[Unit]
Description=OpenSlides of {record['name']}
Wants=network-online.target {servers}
After=network-online.target {servers}
# Whose bridge is made anew is in none: it starts again.
PartOf=openslides-network.service
StartLimitIntervalSec=120
StartLimitBurst=5

[Service]
Type=exec
RuntimeDirectory=openslides
RuntimeDirectoryPreserve=yes
ExecStart={start}
Restart=on-failure
RestartSec=2
TimeoutStopSec=40

[Install]
WantedBy=multi-user.target
""",
        proxy: f"""[Unit]
Description=Way to the OpenSlides of {record['name']}
Requires={service}
After={service}

[Service]
ExecStart=/lib/systemd/systemd-socket-proxyd 127.0.0.1:{record['port']}
User=nobody
PrivateTmp=true
""",
        proxy_socket: f"""[Unit]
Description=Where nginx reaches the OpenSlides of {record['name']}

[Socket]
ListenStream=127.0.0.1:{record['socket_port']}

[Install]
WantedBy=sockets.target
""",
    }


def uuid_file(identifier):
    """Root's: in the instance's directory its user could put anything at that name."""
    return f'/run/openslides/{identifier}.uuid'
