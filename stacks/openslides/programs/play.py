#!/usr/bin/python3 -EsB
"""
What the backend starts in place of an old Python with an old ansible: asks the service of root's for one role of one instance, and waits.

Usage: play PLAY.PY --instances-dir DIR --role openslides-VERB-instance --postgres-password WORD --multiinstance-url NAME
           --upload-dir DIR --instance-file FILE [--force]

No more than the verb and the id is handed on: everything else root has by itself, or reads from the instance's file and judges.
"""

import argparse
import os
import re
import socket
import sys

SERVICE = '/run/openslides/instances.sock'


def main(words, service=SERVICE):
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument('script')
    for name in ('instances-dir', 'postgres-password', 'multiinstance-url', 'upload-dir'):
        parser.add_argument('--' + name, required=True)
    parser.add_argument('--role', required=True)
    parser.add_argument('--instance-file', required=True)
    parser.add_argument('--force', action='store_true')
    told = parser.parse_args(words)
    role = re.fullmatch('openslides-(add|remove|start|stop|update)-instance', told.role)
    named = re.fullmatch('openslides_instance_([0-9a-f]{32})[.]json', os.path.basename(told.instance_file))
    if role is None or named is None:
        sys.exit('play: a role or an instance of which nothing is known')
    with socket.socket(socket.AF_UNIX) as asked:
        asked.connect(service)
        asked.sendall(f'{role[1]} {named[1]}\n'.encode())
        with asked.makefile(encoding='utf-8', errors='replace') as answers:
            last = ''
            for last in answers:
                print(last, end='')
    return 0 if last == 'done\n' else 1


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
