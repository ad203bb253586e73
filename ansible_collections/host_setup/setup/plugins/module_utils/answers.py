"""The answers file of a host: where it lies, how it is written, and the plan that is made of it."""
# Copyright (c) The authors of host-setup
# MIT licence (see LICENSE of the repository)
from __future__ import annotations

import contextlib
import json
import os
import re
import tempfile

from ansible_collections.host_setup.setup.plugins.module_utils.program import document, fail, fault

ANSWERS = dict(
    answers=dict(type='dict'),
    file=dict(type='path'),
    secrets=dict(type='dict', default={}, no_log=True),
    update=dict(type='bool', default=False),
)

HEAD = '# Laid down by Ansible (host_setup.setup): what is changed here is written over by the next play.\n'


def file_of(module):
    """The absolute path of the answers file."""
    path, answers = module.params['file'], module.params['answers']
    if path is not None:
        return os.path.abspath(path)
    stack = answers.get('stack')
    if not isinstance(stack, str) or not re.match(r'^[a-z0-9][a-z0-9-]*$', stack):
        fail(module, fault('ansible.no-stack', 'the answers name no stack', 'Write stack: NAME among them, or name a file.'))
    return '/etc/host-setup/answers/%s.yaml' % stack


def text_of(answers):
    """The file's text. JSON is YAML, and needs nothing on the host that Python does not have."""
    return HEAD + json.dumps(answers, indent=2, sort_keys=True, ensure_ascii=False) + '\n'


def present_text(path):
    """What the file holds now; an empty text where there is none."""
    try:
        with open(path, encoding='utf-8') as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return ''


def lay_down(module, path):
    """Writes the answers where they are not there yet, for root alone. Gives the diff, or None where nothing changed."""
    if module.params['answers'] is None:
        return None
    before, after = present_text(path), text_of(module.params['answers'])
    if before == after and (os.stat(path).st_mode & 0o777) == 0o600:
        return None
    if not module.check_mode:
        os.makedirs(os.path.dirname(os.path.dirname(path)), exist_ok=True)
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        with draft(module, path) as name:
            os.replace(name, path)
    return dict(before_header=path, before=before, after_header=path, after=after)


@contextlib.contextmanager
def draft(module, path):
    """The answers in a file that is root's alone and goes away. Beside their place, if that is there: a secret may be named from it."""
    folder, name = os.path.split(path)
    own = None if os.path.isdir(folder) else tempfile.mkdtemp(prefix='setup-')
    draft_path = os.path.join(own or folder, name if own else '.%s.ansible~' % name)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(draft_path)
    try:
        with open(os.open(draft_path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), 'w', encoding='utf-8') as file:
            file.write(text_of(module.params['answers']))
        yield draft_path
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(draft_path)
        if own:
            os.rmdir(own)


def plan_of(module, path):
    """The program's own plan of these answers. Changes nothing."""
    words = ['plan'] + (['--update'] if module.params['update'] else [])
    secrets = module.params['secrets']
    if module.params['answers'] is None or present_text(path) == text_of(module.params['answers']):
        return document(module, words + [path], secrets, codes=(0, 1, 2, 3))
    with draft(module, path) as name:
        return document(module, words + [name], secrets, codes=(0, 1, 2, 3), names={name: path})


def faults_of(plan):
    """What cannot be planned, and what was asked beforehand and is not there."""
    found = [node['fault'] for node in plan['nodes'] if node['state'] == 'failed']
    for row in plan.get('asked', []):
        if row.get('state') == 'failed':
            found.append(row.get('fault') or fault('plan.not-there', row.get('says') or row['id'], 'Is what the answers name there?'))
    return found


def changes_of(plan):
    """What would change, each with its clauses; what can only be told later with the word that says so."""
    return [
        dict(id=node['id'], step=node['step'],
             what=[change['what'] for change in node['changes']] if node['state'] == 'change' else ['cannot be told yet'])
        for node in plan['nodes'] if node['state'] in ('change', 'unknown')
    ]


def diff_of(plan):
    """The plan's patches as Ansible shows them. The program has masked what is secret."""
    lines = []
    for node in plan['nodes']:
        if node['state'] == 'unknown':
            lines.append('? %s' % node['id'])
        for change in node.get('changes', []):
            lines.append('~ %s: %s' % (node['id'], change['what']))
            if change.get('patch'):
                lines.append(change['patch'].rstrip('\n'))
    return dict(prepared='\n'.join(lines) + '\n') if lines else None
