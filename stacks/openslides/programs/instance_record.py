"""
What an instance's file says, judged word by word: the user of the backend writes it, whoever has the password of the site has most of it
written, and root puts it into units, into nginx and into files of the instance.
"""

import json
import os
import pwd
import re
import subprocess

from instance_child import heard

LARGEST = 256 * 1024
MODES = ('subdomain', 'subdomain_nossl', 'path')
# Names below the site itself that are not an instance's.
TAKEN = ('api', 'static', 'media')
# Of the ports 23232+2n and 23233+2n, none is one that the kernel gives to whoever asks for any.
MOST = (32768 - 23233) // 2 - 1


class Refused(Exception):
    """The file says something that nothing is made of; the sentence repeats none of its words but names."""


def account(settings):
    """Of the backend's user: uid and gid."""
    entry = pwd.getpwnam(settings['user'])
    if entry.pw_uid == 0:
        raise Refused('the backend is root')
    return entry.pw_uid, entry.pw_gid


def as_user(settings, argv, patience=60):
    """Runs a program as the backend's user: what lies in its own directories is never opened, made or removed by root. Gives its code, and what it printed."""
    uid, gid = account(settings)
    return heard(argv, LARGEST + 1, patience, user=uid, group=gid, extra_groups=[], cwd='/', stderr=subprocess.DEVNULL)


def file_of(settings, identifier):
    return os.path.join(settings['metadata'], f'openslides_instance_{identifier}.json')


def read(settings, identifier):
    """The record of an instance. Raises Refused."""
    path = file_of(settings, identifier)
    code, text = as_user(settings, ['/usr/bin/head', '-c', str(LARGEST + 1), '--', path], patience=5)
    if code != 0:
        raise Refused(f'{path} cannot be read by {settings["user"]}')
    if len(text) > LARGEST:
        raise Refused(f'{path} is too large')
    try:
        said = json.loads(text)
    except ValueError:
        raise Refused(f'{path} is no JSON') from None
    if not isinstance(said, dict) or said.get('id') != identifier:
        raise Refused(f'{path} is not of the instance {identifier}')
    return judged(said, settings)


def judged(said, settings):
    """What the roles use of it, each of a form that means nothing anywhere else. Raises Refused."""
    slug = matching(said, 'slug', r'[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?').lower()
    mode = one_of(said, 'mode', MODES)
    domain = one_of(said, 'parent_domain', settings['domains']) if mode != 'path' else settings['site']
    if f'{slug}.{domain}' == settings['site'] or (mode == 'path' and slug in TAKEN):
        raise Refused(f'the name {slug} is not to be had')
    number = said.get('number')
    if type(number) is not int or not 1 <= number <= MOST:
        raise Refused(f'number is none between 1 and {MOST}')
    logo = said.get('projector_logo') or ''
    return {
        'id': said['id'],
        'slug': slug,
        'mode': mode,
        'domain': domain,
        'name': f'{slug}.{domain}' if mode != 'path' else f'{settings["site"]}/{slug}',
        'socket_port': 23232 + 2 * number,
        'port': 23233 + 2 * number,
        'database': one_of(said, 'db', ('postgresql', 'sqlite')),
        'image': matching(said, 'image', r'[A-Za-z0-9][A-Za-z0-9_.:/@-]{0,299}'),
        'superadmin_password': matching(said, 'superadmin_password', r'[A-Za-z0-9]{1,64}'),
        'admin': [words(said, f'admin_{key}') for key in ('first_name', 'last_name', 'username', 'initial_password')],
        'event': {key: words(said, f'event_{key}') for key in ('name', 'description', 'date', 'location')},
        'logo': matching({'projector_logo': logo}, 'projector_logo', r'[A-Za-z0-9]{0,64}'),
    }


def matching(said, key, pattern):
    value = said.get(key)
    if not isinstance(value, str) or not re.fullmatch(pattern, value, re.ASCII):
        raise Refused(f'{key} is not of the form that it must have')
    return value


def one_of(said, key, known):
    value = said.get(key)
    if not isinstance(value, str) or value not in known:
        raise Refused(f'{key} is none of: {", ".join(known)}')
    return value


def words(said, key):
    """For people. It becomes one word of a command, where a dash in front would make it an option."""
    value = said.get(key)
    value = '' if value is None else value
    if not isinstance(value, str) or len(value) > 4000 or value.startswith('-') or '\0' in value:
        raise Refused(f'{key} is no text, is too long, or begins with a dash')
    return value
