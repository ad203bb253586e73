#!/usr/bin/python
"""Puts back on this host what `setup apply` changed."""
# Copyright (c) The authors of host-setup
# MIT licence (see LICENSE of the repository)
from __future__ import annotations

DOCUMENTATION = r"""
---
module: undo
short_description: Put back what a stack changed on a host
version_added: 0.1.0
description:
  - Calls C(setup undo --detach). What somebody did since is never gone over; it is told, and the task fails.
  - Reports a change exactly where something was put back.
author:
  - The authors of host-setup (@host-setup)
extends_documentation_fragment:
  - host_setup.setup.program
  - host_setup.setup.program.follow
attributes:
  check_mode:
    description: Returns what would be put back; nothing is changed.
    support: full
  diff_mode:
    description: Shows what is put back, a line each.
    support: full
options:
  stack:
    description: The stack that goes. One that is not installed is no fault.
    type: str
    required: true
  step:
    description: Only what this step did.
    type: str
  purge:
    description: Also remove the packages that were installed.
    type: bool
    default: false
  purge_data:
    description: Also remove databases, directories and entries, dumped first. Must be the name of the stack once more.
    type: str
"""

EXAMPLES = r"""
- name: Take CoralNet off the host
  host_setup.setup.undo:
    stack: coralnet
"""

RETURN = r"""
undone:
  description: What became of each thing, as C(setup undo --format ndjson) tells it.
  returned: always
  type: list
  elements: dict
  sample: [{id: "file:/etc/motd", step: greeting, stack: motd, result: {outcome: undone}}]
run:
  description: The name of the run.
  returned: when there was something to put back
  type: str
outcome:
  description: How it ended.
  returned: when there was something to put back
  type: str
over:
  description: Is the run over? Only O(wait) leaves it before its end.
  returned: when there was something to put back
  type: bool
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

from ansible_collections.host_setup.setup.plugins.module_utils.program import PROGRAM, call, fail, fault_in, json_lines
from ansible_collections.host_setup.setup.plugins.module_utils.runs import FOLLOW, end, follow, runs_since


def words_of(module):
    """The words of the command, as the program itself writes them down."""
    words = ['undo', module.params['stack']]
    if module.params['step']:
        words += ['--step', module.params['step']]
    if module.params['purge']:
        words += ['--purge']
    if module.params['purge_data']:
        words += ['--purge-data', module.params['purge_data']]
    return words


def main():
    module = AnsibleModule(
        argument_spec=dict(
            PROGRAM, stack=dict(type='str', required=True), step=dict(type='str'), purge=dict(type='bool', default=False),
            purge_data=dict(type='str'), **FOLLOW),
        supports_check_mode=True,
    )
    words = words_of(module)
    # A run of ours that is under way, or that a lost connection hid from us, is followed whatever a plan says now.
    found = [] if module.check_mode else runs_since(module, 'setup ' + ' '.join(words), module.params['after'])
    undone = [] if found else planned(module, words)
    changes = [one for one in undone if one['result']['outcome'] == 'undone']
    lines = ['- %s' % one['id'] for one in changes]
    diff = [dict(prepared='\n'.join(lines) + '\n')] if lines else []
    if not found and (module.check_mode or not changes):
        module.exit_json(changed=bool(changes), undone=undone, diff=diff)
    result = follow(module, dict(argv=words + ['--yes'], what=words))
    if module._diff:
        result['diff'] = diff
    end(module, result)


def planned(module, words):
    """What would be put back. A stack that is not installed has nothing."""
    code, stdout, stderr = call(module, words + ['--plan', '--format', 'ndjson'])
    if code == 0:
        return [{key: one[key] for key in ('id', 'step', 'stack', 'result')} for one in json_lines(stdout) if one.get('type') == 'undo']
    why = fault_in(code, stdout, stderr)
    if why['code'] == 'usage.not-installed' and not module.params['step']:
        return []
    return fail(module, why)


if __name__ == '__main__':
    main()
