"""Calls of the program `setup` and what its JSON says, shared by all modules of this collection.

The modules decide nothing: what would change, what changed and what is wrong is the program's word. It is called with a list
of words, never by a shell. Secrets go in its environment.
"""
# Copyright (c) The authors of host-setup
# MIT licence (see LICENSE of the repository)
from __future__ import annotations

import json
import re

PROGRAM = dict(
    setup=dict(type='path', default='setup'),
    state=dict(type='path'),
)

# Lines that a fault keeps of what a program said.
MOST_LINES = 20


def words_of_state(module):
    """The words that name another place for the state."""
    return ['--state', module.params['state']] if module.params['state'] else []


def call(module, words, secrets=None, own_state=True):
    """Runs the program to its end. Gives its exit code, stdout and stderr; faults are asked for as JSON."""
    environment = dict(HOST_SETUP_FAULTS='json', NO_COLOR='1')
    environment.update(secrets_of(module, secrets))
    setup = module.params['setup']
    if '/' not in setup:
        setup = module.get_bin_path(setup, opt_dirs=['/usr/local/bin', '/usr/bin'])
        if setup is None:
            fail(module, fault('ansible.no-setup', 'there is no %s on this host' % module.params['setup'],
                               'The role host_setup.setup.stack brings it, or name its path as setup.'))
    return module.run_command([setup] + words + (words_of_state(module) if own_state else []), environ_update=environment)


def secrets_of(module, secrets):
    """The secrets as variables of an environment. A name that is none ends the module."""
    given = {}
    for name, value in (secrets or {}).items():
        if not re.match(r'^[A-Za-z_][A-Za-z0-9_]*$', name) or name.startswith(('LD_', 'NODE_')) or name == 'PATH':
            fail(module, fault('ansible.secret-name', '%s is no name for a secret' % json.dumps(name),
                               'Name it as the answers do: {env: DB_PASSWORD}.'))
        if not isinstance(value, str) or '\n' in value or value == '':
            fail(module, fault('ansible.secret-value', 'the secret %s is not one line of text' % name,
                               'Give it as a string.'))
        given[name] = value
    return given


def fault(code, sentence, hint, details=None):
    """A fault in the shape that the program gives them."""
    return dict(code=code, sentence=sentence, hint=hint, details=details or [])


def message(one):
    """A fault as one line: its code, what is wrong with its first particulars, what to do."""
    details = '; '.join(one['details'][:3])
    return ('[%s] %s%s. %s' % (one['code'], one['sentence'].rstrip('.'), ' (%s)' % details if details else '', one['hint'])).strip()


def fail(module, *faults, **result):
    """Ends the module with the first fault as msg, and all of them as data."""
    more = '' if len(faults) < 2 else ' (and %d more)' % (len(faults) - 1)
    faults = [dict(one, details=list(one.get('details') or [])) for one in faults]
    result.update(msg=message(faults[0]) + more, fault=faults[0], faults=list(faults))
    module.fail_json(**result)


def fault_in(code, stdout, stderr):
    """The fault with which the program ended; where it told none, its last lines."""
    for line in reversed(stderr.splitlines()):
        if line.startswith('{"type":"fault"'):
            try:
                told = json.loads(line)
                return fault(told['code'], told['sentence'], told['hint'], told.get('details'))
            except (ValueError, KeyError):
                break
    lines = (stderr or stdout).strip().splitlines()[-MOST_LINES:]
    return fault('ansible.exit', 'setup ended with %d%s' % (code, ': ' + lines[-1] if lines else ''),
                 'Its last lines are among the details.', lines)


def document(module, words, secrets=None, codes=(0,), names=None):
    """What a command prints with --format json. Ends the module with the command's fault where it printed none.

    A fault tells files by `names`: that of a draft says nothing to an operator.
    """
    code, stdout, stderr = call(module, words + ['--format', 'json'], secrets)
    try:
        if code in codes:
            return json.loads(stdout)
    except ValueError:
        pass
    for name, shown in (names or {}).items():
        stderr = stderr.replace(name, shown)
    return fail(module, fault_in(code, stdout, stderr))


def json_lines(text):
    """What a command prints with --format ndjson."""
    found = []
    for line in text.splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return [one for one in found if isinstance(one, dict)]
