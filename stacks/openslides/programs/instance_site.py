"""The site of one instance for nginx. Everything in it was judged before (instance_record)."""

import os
import subprocess

from instance_system import Failed, run, unlink, write

NGINX_TEST = ['/usr/sbin/nginx', '-t']

# What the application itself answers; all else is its page, which nginx has.
ANSWERED = '|'.join((
    'ws', 'wss', 'core/servertime', 'core/version', 'users/(whoami|login|logout|setpassword)', '(motions|agenda)/docxtemplate', 'media', 'rest',
))


def serve_site(record, settings):
    texts = {path: None for path in site_paths(record['id'], settings)}
    texts[site_path(record, settings)] = site_text(record, settings)
    before = {path: text_of(path) for path in texts}
    put(texts)
    test = subprocess.run(NGINX_TEST, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    taken = record['mode'] != 'path' and names_taken(test.stderr, record['name'])
    if test.returncode != 0 or taken:
        # What is wrong may be somebody else's: the site that it had goes on.
        put(before)
        raise Failed('another site of this host has its name' if taken else 'nginx refuses its site: see nginx -t')
    run('/usr/bin/systemctl', 'reload', settings['nginx_unit'])


def names_taken(said, name):
    """nginx takes whichever site it reads first, and only warns: an instance would get what is meant for another site of this host."""
    return f'conflicting server name "{name}" on '.encode() in said


def serve_none(identifier, settings):
    put({path: None for path in site_paths(identifier, settings)})
    run('/usr/bin/systemctl', 'reload', settings['nginx_unit'])


def put(texts):
    for path, text in texts.items():
        if text is None:
            unlink(path)
        else:
            write(path, text, 0o644)


def text_of(path):
    try:
        with open(path, encoding='utf-8') as file:
            return file.read()
    except FileNotFoundError:
        return None


def site_path(record, settings):
    return site_paths(record['id'], settings)[record['mode'] == 'path']


def site_paths(identifier, settings):
    """Of a name of its own, and of a path of the site: it has one of the two."""
    return [f'{settings["nginx"]}/openslides/openslides_{identifier}.{ending}' for ending in ('conf', 'locations')]


def site_text(record, settings):
    at = os.path.join(settings['instances'], record['id'])
    upstream = f"""proxy_pass http://127.0.0.1:{record['socket_port']};
		proxy_http_version 1.1;
		proxy_set_header Upgrade $http_upgrade;
		proxy_set_header Connection "upgrade";
		proxy_set_header Host $http_host;
		proxy_set_header X-Real-IP $remote_addr;
		proxy_set_header X-Scheme $scheme;
		proxy_set_header Authorization "";"""
    # Who owns the directory may link to what the workers of nginx may read and he may not.
    static = f'alias {at}/static/;\n\t\tdisable_symlinks if_not_owner;'
    if record['mode'] == 'path':
        base = f'/{record["slug"]}'
        return f"""# {record['name']}
location {base}/ {{
	auth_basic off;
		rewrite ^{base}(/.*)$ $1 break;
		error_page 502 {base}/502.html;
		{upstream}
}}
location = {base}/502.html {{
	auth_basic off;
	alias {at}/502.html;
}}
location ^~ {base}/static/ {{
	auth_basic off;
	{static}
}}
"""
    locations = f"""
	location / {{
		rewrite ^ /static/templates/index.html last;
	}}
	location ~ ^/({ANSWERED}) {{
		error_page 502 /502.html;
		{upstream}
	}}
	location ^~ /projector {{
		rewrite ^ /static/templates/projector-container.html last;
	}}
	location ^~ /real-projector {{
		rewrite ^ /static/templates/projector.html last;
	}}
	location ~ ^/webclient/(site|projector) {{
		rewrite ^/webclient/(site|projector) /static/js/webclient-$1.js last;
	}}
	location ^~ /static/ {{
		{static}
	}}
	location = /502.html {{
		alias {at}/502.html;
	}}
"""
    if record['mode'] == 'subdomain_nossl':
        return f"""# {record['name']}
server {{
	listen 80;
	listen [::]:80;
	server_name {record['name']};
	client_max_body_size 100m;
{locations}}}
"""
    return f"""# {record['name']}
server {{
	listen 80;
	listen [::]:80;
	server_name {record['name']};
	return 301 https://$host$request_uri;
}}
server {{
	listen 443 ssl;
	listen [::]:443 ssl;
	server_name {record['name']};
	ssl_certificate {quoted(settings['certificate'])};
	ssl_certificate_key {quoted(settings['key'])};
	ssl_protocols TLSv1.2 TLSv1.3;
	client_max_body_size 100m;
{locations}}}
"""


def quoted(path):
    return '"' + path.replace('\\', '\\\\').replace('"', '\\"') + '"'
