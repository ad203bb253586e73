#!/usr/bin/python3 -EsB
"""
Makes, removes, starts, stops and updates one instance of OpenSlides, as root: the roles of the guide without ansible, whose templates would
carry out what stands in an event's name.

Usage: instances add|remove|start|stop|update ID
       instances --serve      the same words from standard input, for the backend's user (play)
"""

import fcntl
import json
import os
import re
import select
import sys

from instance_record import Refused
from instance_roles import ROLES
from instance_system import Failed, say, unlink, write

SETTINGS = '/etc/openslides/instances.json'
LOGS_LEFT = 100


class Log:
    """What ansible would have left, at its place and in its form: a list of what each step came to. Others tell by it a failed role from a running one."""

    def __init__(self, settings, identifier):
        self.path = os.path.join(settings['instances'], f'ansible.{identifier}.log.json')
        self.entries = []
        make_room(settings['instances'])

    def tell(self, task, **more):
        self.entries.append({'localhost': {'task': task, **more}})
        write(self.path, json.dumps(self.entries, indent=4) + '\n', 0o644)
        say(task if 'msg' not in more else f'{task}: {more["msg"]}')


def make_room(instances):
    """Whoever may ask may name any id, and each leaves a log: of those with no instance behind only the latest stay."""
    logs = [
        os.path.join(instances, name) for name in os.listdir(instances)
        if (told := re.fullmatch('ansible[.]([0-9a-f]{32})[.]log[.]json', name)) and not os.path.lexists(os.path.join(instances, told[1]))
    ]
    for path in sorted(logs, key=os.path.getmtime)[:-LOGS_LEFT]:
        unlink(path)


def main(words):
    if words == ['--serve']:
        words = asked_words()
    if len(words) != 2 or words[0] not in ROLES or not re.fullmatch('[0-9a-f]{32}', words[1]):
        sys.exit(__doc__)
    with open(SETTINGS, encoding='utf-8') as file:
        settings = json.load(file)
    os.makedirs('/run/openslides', mode=0o755, exist_ok=True)
    # Whoever comes second waits: ports and names are given away one after the other. Root's alone, for who may read a lock may hold it for ever.
    lock = os.open('/run/openslides/lock', os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        os.fchmod(lock, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        return play(words[0], words[1], settings)
    finally:
        os.close(lock)


def asked_words():
    """One line, from whoever reached the socket: it may be nobody who means well."""
    if not select.select([0], [], [], 10)[0]:
        return []
    return os.read(0, 100).decode('ascii', 'replace').split()


def play(verb, identifier, settings):
    log = Log(settings, identifier)
    try:
        log.tell(f'openslides-{verb}-instance')
        ROLES[verb](identifier, settings, log)
    except Exception as error:  # Whatever it was: who reads the log has to be told that nothing comes any more.
        # Of others only the name: their words may hold what they were told.
        log.tell(f'openslides-{verb}-instance', failed=True, msg=str(error) if isinstance(error, (Refused, Failed)) else type(error).__name__)
        say('failed')
        return 1
    if verb == 'remove':
        unlink(log.path)
    say('done')
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
