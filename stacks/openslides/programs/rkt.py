#!/usr/bin/python3 -EsB
"""
Stands in for rkt, which is dead: the few of its words that OpenSlides' roles say, done by podman. Root's; what it does not know it refuses.

Usage: rkt run --uuid-file-save=FILE --port=8000-tcp:PORT [--set-env=NAME=VALUE]...
           --volume volume-data,kind=host,source=DIR,readOnly=false
           --volume volume-supervisord-conf,kind=host,source=FILE[,readOnly=true]
           IMAGE --user=UID --group=GID --exec supervisord -- -c /supervisord.conf
       rkt enter [--arguments-from-stdin] ID PROGRAM [WORD]...
       rkt fetch [--insecure-options=image] [--pull-policy=POLICY] [docker://]IMAGE
       rkt image list
       rkt gc [--grace-period=TIME]
"""

import json
import os
import re
import sys

SETTINGS = '/etc/openslides/instances.json'
LABEL = 'openslides=instance'
IMAGE = re.compile(r'[A-Za-z0-9][\w.:/@-]{0,299}\Z', re.ASCII)
PATH = re.compile(r'(/[\w.+-]+)+\Z', re.ASCII)
# rkt gave every VOLUME of an image such a name; those of OpenSlides' image are these.
VOLUMES = {'volume-data': '/data', 'volume-supervisord-conf': '/supervisord.conf'}
# Its words come from standard input: a command line is read by every account.
FROM_STDIN = (
    'import json,os,runpy,sys; sys.argv = json.load(sys.stdin); '
    'sys.path.insert(0, os.path.dirname(sys.argv[0])); runpy.run_path(sys.argv[0], run_name="__main__")'
)


class Refused(Exception):
    """Something that rkt would take and this does not."""


def main(words, settings=SETTINGS):
    with open(settings, encoding='utf-8') as file:
        network = json.load(file)['network']
    try:
        argv = podman(words, network)
    except Refused as refused:
        sys.exit(f'rkt: {refused}\n{__doc__}')
    if words[:1] == ['run']:
        # podman refuses an id file that is there, and an old one is taken for a pod that started.
        file = argv[argv.index('--cidfile') + 1]
        if os.path.lexists(file):
            os.unlink(file)
    os.execv('/usr/bin/podman', argv)


def podman(words, network):
    """The argv of podman for one of rkt. Raises Refused."""
    verb, rest = (words[0], list(words[1:])) if words else ('', [])
    known = {'run': run, 'enter': enter, 'fetch': fetch, 'image': image, 'gc': gc}
    if verb not in known:
        raise Refused(f'{verb!r} is none of its words here')
    return ['podman', *known[verb](rest, network)]


def run(words, network):
    given = {'set-env': [], 'volume': []}
    name, program = None, None
    while words:
        word = words.pop(0)
        if word == '--':
            break
        if not word.startswith('-'):
            name = only(name, word, 'image')
            continue
        option, equals, value = word[2:].partition('=')
        if not equals:
            value = words.pop(0) if words else ''
        if option in ('set-env', 'volume'):
            given[option].append(value)
        elif option in ('uuid-file-save', 'port', 'user', 'group', 'exec'):
            given[option] = only(given.get(option), value, f'--{option}')
        else:
            raise Refused(f'it does not know {word!r}')
    program = matching(r'[\w./-]+', given.get('exec'), '--exec')
    uid, gid = (matching(r'[1-9]\d{0,9}', given.get(one), f'--{one}, which is not root') for one in ('user', 'group'))
    cidfile = matching(PATH, given.get('uuid-file-save'), '--uuid-file-save')
    return [
        'run',
        '--rm',
        '--replace',
        f'--name={container_name(cidfile)}',
        f'--label={LABEL}',
        '--cidfile',
        cidfile,
        '--pull=never',
        f'--network={network}',
        f'--publish={published(given.get("port"))}',
        # Who gets into an instance has no more than its own files: nothing in it ever is root.
        f'--user={uid}:{gid}',
        '--cap-drop=all',
        '--security-opt=no-new-privileges',
        # Its words go to the journal with those of its unit.
        '--log-driver=none',
        *('--env=' + matching(r'[A-Z_]+=[\w:/.-]*', one, '--set-env') for one in given['set-env']),
        *(f'--volume={mounted(one)}' for one in given['volume']),
        f'--entrypoint={json.dumps([program])}',
        matching(IMAGE, name, 'image'),
        *words,
    ]


def enter(words, _network):
    stdin = words[:1] == ['--arguments-from-stdin']
    container, *program = words[1:] if stdin else words
    container = matching(r'[0-9a-f]{64}', container, 'container')
    if not program or not PATH.match(program[0]):
        raise Refused('it has to be told a program')
    if stdin:
        return ['exec', '--interactive', container, 'python', '-c', FROM_STDIN]
    # As the user of the container: what root wrote there would be root's on this host.
    return ['exec', container, *program]


def fetch(words, _network):
    names = [word for word in words if not re.match(r'--(insecure-options|pull-policy|no-store)(=|\Z)', word)]
    if len(names) != 1:
        raise Refused('it fetches one image')
    return ['pull', '--quiet', matching(IMAGE, re.sub(r'\Adocker://', '', names[0]), 'image')]


def image(words, _network):
    if words[:1] != ['list'] or any(not word.startswith('--') for word in words[1:]):
        raise Refused('it lists images, and no more')
    return ['image', 'list', '--no-trunc', '--format', '{{.ID}} {{.Repository}}:{{.Tag}}']


def gc(words, _network):
    if any(not word.startswith('--grace-period') for word in words):
        raise Refused('it takes no words but --grace-period')
    return ['container', 'prune', '--force', f'--filter=label={LABEL}']


def container_name(cidfile):
    return 'openslides_' + os.path.splitext(os.path.basename(cidfile))[0]


def published(port):
    return '127.0.0.1:{}:{}/tcp'.format(*reversed(re.match(r'(\d+)-tcp:(\d+)', matching(
        r'8000-tcp:[1-9]\d{3,4}', port, '--port')).groups()))


def mounted(volume):
    name, *rest = volume.split(',')
    words = dict(one.partition('=')[::2] for one in rest)
    if name not in VOLUMES or words.get('kind') != 'host' or set(words) - {'kind', 'source', 'readOnly'}:
        raise Refused(f'it does not know the volume {volume!r}')
    source = matching(PATH, words.get('source'), 'source of a volume')
    if os.path.realpath(source) != source:
        raise Refused(f'{source} is not where it says')
    kind = 'ro' if name != 'volume-data' or words.get('readOnly') == 'true' else 'rw'
    return f'{source}:{VOLUMES[name]}:{kind},nosuid,nodev'


def matching(pattern, value, what):
    if value is None or not re.fullmatch(pattern, value, re.ASCII if isinstance(pattern, str) else 0):
        raise Refused(f'{value!r} is no {what}')
    return value


def only(before, value, what):
    if before is not None:
        raise Refused(f'it is told {what} twice')
    return value


if __name__ == '__main__':
    main(sys.argv[1:])
