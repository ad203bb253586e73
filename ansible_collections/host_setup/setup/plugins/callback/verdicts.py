"""The verdicts of a fleet's doctors, once, at the end of a playbook."""
# Copyright (c) The authors of host-setup
# MIT licence (see LICENSE of the repository)
from __future__ import annotations

DOCUMENTATION = r"""
---
name: verdicts
type: aggregate
short_description: Sum up what the doctors of all hosts said
version_added: 0.1.0
description:
  - After the recap it says how many hosts are how, and which findings several of them share.
  - It hears the module M(host_setup.setup.doctor) and the fact C(ansible_local.host_setup).
author:
  - The authors of host-setup (@host-setup)
requirements:
  - To be named in C(callbacks_enabled) of ansible.cfg
options:
  most:
    description: Findings that are shown.
    type: int
    default: 10
    env:
      - name: HOST_SETUP_VERDICTS_MOST
    ini:
      - section: callback_host_setup_verdicts
        key: most
"""

from ansible.plugins.callback import CallbackBase

STATES = ('crash', 'fail', 'warn', 'unknown')
COLOURS = {'crash': 'red', 'fail': 'red', 'warn': 'yellow', 'unknown': 'cyan', 'ok': 'green'}
WORDS = {'crash': 'with a check that crashed', 'fail': 'with failures', 'warn': 'with warnings',
         'unknown': 'where something could not be told', 'ok': 'fine'}
LONGEST = 160


def printable(text):
    """One line that drives no terminal, whatever a host calls its things."""
    line = ''.join(one if one.isprintable() else ' ' for one in str(text))
    return line if len(line) <= LONGEST else line[:LONGEST] + '...'


class CallbackModule(CallbackBase):
    """Hears results, and speaks once."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = 'aggregate'
    CALLBACK_NAME = 'host_setup.setup.verdicts'
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.looks = {}

    def v2_runner_on_ok(self, result, **kwargs):
        self.hear(result)

    def v2_runner_on_failed(self, result, **kwargs):
        self.hear(result)

    def hear(self, result):
        """Keeps the last look at each host."""
        data = result._result
        look = data if 'verdict' in data and 'findings' in data else None
        local = data.get('ansible_facts', {}).get('ansible_local')
        if look is None and isinstance(local, dict):
            look = local.get('host_setup')
        if isinstance(look, dict) and look.get('verdict') in STATES + ('ok',):
            self.looks[result._host.get_name()] = look

    def v2_playbook_on_stats(self, stats):
        if not self.looks:
            return
        self._display.banner('DOCTOR')
        for state in STATES + ('ok',):
            hosts = sorted(name for name, look in self.looks.items() if look['verdict'] == state)
            if hosts:
                self._display.display(
                    '%d of %d hosts %s: %s' % (len(hosts), len(self.looks), WORDS[state], printable(', '.join(hosts))),
                    color=COLOURS[state])
        shared = self.shared()
        most = self.get_option('most')
        for (state, key), (says, hosts) in shared[:most]:
            self._display.display(
                '  %d of %d hosts: %s: %s' % (len(hosts), len(self.looks), printable(key), printable(says)), color=COLOURS[state])
        if len(shared) > most:
            self._display.display('  and %d more findings' % (len(shared) - most))

    def shared(self):
        """Findings with their hosts, the worst first, then what most hosts have."""
        found = {}
        for name, look in self.looks.items():
            for one in look.get('findings') or []:
                if isinstance(one, dict) and one.get('state') in STATES:
                    found.setdefault((one['state'], str(one.get('key'))), (str(one.get('says')), set()))[1].add(name)
        return sorted(found.items(), key=lambda item: (STATES.index(item[0][0]), -len(item[1][1]), item[0][1]))
