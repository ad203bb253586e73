"""The container of one instance: its image, its unit, the commands that are given in it, and its answer."""

import json
import os
import re
import socket
import subprocess
import sys
import time

import instance_files as files
import instance_record as records
import rkt
from instance_child import heard, printable
from instance_record import Refused
from instance_system import Failed, run, until, write

RKT = '/usr/local/lib/openslides/rkt'
PODMAN = '/usr/bin/podman'
UNITS = '/etc/systemd/system'
PATIENCE = 120


def image_of(record, settings):
    """Its id, where it is one of those that may be used: what a tag means may change later, and nothing is fetched for an instance."""
    ids = {image_id(reference) for reference in settings['images']} - {None}
    asked = image_id(record['image'])
    if asked is None or asked not in ids:
        raise Refused('its image is none of those that instances are made of')
    return asked


def image_id(reference):
    ran = subprocess.run([PODMAN, 'image', 'inspect', '--format={{.Id}}', reference], capture_output=True, text=True, check=False)
    return ran.stdout.strip() if ran.returncode == 0 else None


def write_units(record, settings, image):
    for name, text in files.unit_texts(record, settings, image, RKT, records.account(settings)).items():
        write(f'{UNITS}/{name}', text, 0o644)
    run('/usr/bin/systemctl', 'daemon-reload')


def container_of(identifier):
    """Its id, when it runs and goes on running."""
    service, before = files.units_of(identifier)[0], None
    for _ in until(PATIENCE):
        now = running(identifier)
        if now is not None and now == before:
            return now
        before = now
        if subprocess.run(['/usr/bin/systemctl', 'is-failed', '--quiet', service], check=False).returncode == 0:
            break
        time.sleep(1.5)
    raise Failed(f'its container does not start, or ends at once: journalctl -u {service}')


def running(identifier):
    try:
        with open(files.uuid_file(identifier), encoding='ascii') as file:
            container = file.read().strip()
    except FileNotFoundError:
        return None
    ran = subprocess.run([PODMAN, 'container', 'inspect', '--format={{.State.Status}}', container], capture_output=True, text=True, check=False)
    return container if ran.stdout.strip() == 'running' else None


def manage(container, words, secret=False):
    """A command of the application's, in its container. What is secret, or somebody's words, comes from standard input."""
    program = ['/app/manage.py', *words]
    argv = ['podman', *rkt.enter([container, *program] if not secret else ['--arguments-from-stdin', container, program[0]], None)]
    if secret:
        code = subprocess.run(argv, executable=PODMAN, input=json.dumps(program).encode(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=600, check=False).returncode
        words = words[:1]
    else:
        code, said = heard(argv, 4000, 900, executable=PODMAN, stderr=subprocess.STDOUT)
        sys.stderr.write(printable(said))
    if code != 0:
        raise Failed(f'{" ".join(words)} ended with {code} in the container {container[:12]}')


def wait_for_answer(record):
    for _ in until(PATIENCE):
        if answers(record['port'], record['name'].split('/')[0]):
            return
    raise Failed('it does not answer: see the files in its directory data')


def answers(port, host):
    """Its first bytes tell enough, and come at once or not at all: it may be nobody who means well, and send one byte a minute."""
    try:
        with socket.create_connection(('127.0.0.1', port), timeout=10) as asked:
            asked.sendall(f'GET /users/whoami/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n'.encode())
            return re.match(rb'HTTP/1\.[01] [1-4]\d\d\b', asked.recv(100)) is not None
    except OSError:
        return False
