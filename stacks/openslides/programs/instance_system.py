"""What the roles do to this host: programs as argv, files of root's at once and whole."""

import os
import subprocess
import sys
import time

from instance_child import printable
from instance_record import Refused


class Failed(Exception):
    """A step came to nothing; the sentence has no secret in it."""


def run(*argv, codes=(0,)):
    ran = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if ran.returncode not in codes:
        sys.stderr.write(printable(ran.stderr[-2000:]))
        raise Failed(f'{os.path.basename(argv[0])} {" ".join(argv[1:3])} ended with {ran.returncode}')


def write(path, text, mode, group=0):
    """At once and whole, of root."""
    draft = f'{path}.new'
    unlink(draft)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, 'w', encoding='utf-8') as file:
        os.fchown(descriptor, 0, group)
        os.fchmod(descriptor, mode)
        file.write(text)
    os.replace(draft, path)


def make_directory(path, mode, owner):
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        if os.path.islink(path):
            raise Refused(f'{path} is a link') from None
    os.chown(path, *owner, follow_symlinks=False)
    os.chmod(path, mode)


def unlink(path):
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass


def until(seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        time.sleep(0.5)


def say(line):
    """To whoever asked, who may be gone by now."""
    try:
        print(line, flush=True)
    except OSError:
        sys.stdout = open(os.devnull, 'w', encoding='utf-8')
