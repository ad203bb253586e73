#!/usr/bin/python
"""Tries a stack in a throw-away copy of this host."""
# Copyright (c) The authors of host-setup
# MIT licence (see LICENSE of the repository)
from __future__ import annotations

DOCUMENTATION = r"""
---
module: rehearse
short_description: Try a stack in a throw-away copy of a host
version_added: 0.1.0
description:
  - Calls C(setup rehearse), which installs for real in a copy of the host that goes away afterwards. The host itself is not changed.
author:
  - The authors of host-setup (@host-setup)
extends_documentation_fragment:
  - host_setup.setup.program
  - host_setup.setup.program.answers
attributes:
  check_mode:
    description: Skipped in check mode.
    support: none
  diff_mode:
    description: There is nothing to show.
    support: none
options:
  tools:
    description: Install C(systemd-container) on the host where it is missing.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Try it before it is done
  host_setup.setup.rehearse:
    answers: {version: 1, stack: coralnet, sources: {from: demo}}
    tools: true
"""

RETURN = r"""
outcome:
  description: How the run in the copy ended.
  returned: success
  type: str
  sample: done
fault:
  description: The first fault, with code, sentence, hint and details.
  returned: failure
  type: dict
faults:
  description: All faults that there were.
  returned: failure
  type: list
  elements: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.host_setup.setup.plugins.module_utils.answers import ANSWERS, draft, file_of
from ansible_collections.host_setup.setup.plugins.module_utils.program import PROGRAM, call, fail, fault_in, json_lines


def main():
    spec = dict(PROGRAM, tools=dict(type='bool', default=False), **ANSWERS)
    module = AnsibleModule(argument_spec=spec, required_one_of=[('answers', 'file')], supports_check_mode=False)
    path = file_of(module)
    if module.params['answers'] is None:
        rehearse(module, path)
    with draft(module, path) as name:
        rehearse(module, name)


def rehearse(module, path):
    """Runs it to its end, and ends the module."""
    words = ['rehearse', path, '--format', 'ndjson'] + (['--yes'] if module.params['tools'] else [])
    code, stdout, stderr = call(module, words, module.params['secrets'], own_state=False)
    events = json_lines(stdout)
    faults = [one['fault'] for one in events if one.get('type') == 'node-end' and one.get('fault')]
    if code != 0:
        fail(module, *(faults or [fault_in(code, stdout, stderr)]))
    ends = [one['outcome'] for one in events if one.get('type') == 'run-end']
    module.exit_json(changed=False, outcome=ends[-1] if ends else 'done')


if __name__ == '__main__':
    main()
