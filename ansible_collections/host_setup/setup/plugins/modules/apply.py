#!/usr/bin/python
"""Installs a stack on this host, in a run that no lost connection ends."""
# Copyright (c) The authors of host-setup
# MIT licence (see LICENSE of the repository)
from __future__ import annotations

DOCUMENTATION = r"""
---
module: apply
short_description: Install a stack on a host from its answers
version_added: 0.1.0
description:
  - Lays the answers down and calls C(setup apply --detach). The run is a unit of systemd, not the connection of Ansible.
  - If the connection is lost or the host is rebooted, the same task finds the run again, and goes on with one that was cut off.
  - Reports a change exactly where the answers file, a thing of the stack or a service was changed.
author:
  - The authors of host-setup (@host-setup)
extends_documentation_fragment:
  - host_setup.setup.program
  - host_setup.setup.program.answers
  - host_setup.setup.program.follow
attributes:
  check_mode:
    description: Returns the true plan; nothing is changed.
    support: full
  diff_mode:
    description: Shows the patches of the plan, secrets masked.
    support: full
options:
  skip:
    description: Things to leave out by id, with what needs them.
    type: list
    elements: str
    default: []
  jobs:
    description: Things at work at the same time, by default as many as there are cores.
    type: int
seealso:
  - module: host_setup.setup.plan
  - module: host_setup.setup.undo
"""

EXAMPLES = r"""
- name: Install CoralNet
  host_setup.setup.apply:
    answers:
      version: 1
      stack: coralnet
      postgres:
        mode: remote
        host: db.example.org
        password: {env: DB_PASSWORD}
    secrets:
      DB_PASSWORD: "{{ vault_db_password }}"
"""

RETURN = r"""
over:
  description: Is the run over? Only O(wait) leaves it before its end.
  returned: when a run was started or found
  type: bool
run:
  description: The name of the newest run, as C(setup log) has it.
  returned: when a run was started or found
  type: str
  sample: 20261129T120012Z-ab12
runs:
  description: All runs that belong to this task, the newest first. There are several where one was cut off.
  returned: when a run was started or found
  type: list
  elements: str
outcome:
  description: How it ended.
  returned: when a run was started or found
  type: str
  sample: done
changes:
  description: The ids of what was changed; in check mode with O(ignore:what) would change.
  returned: always
  type: list
  elements: raw
restarts:
  description: Units that were restarted or reloaded.
  returned: when a run was started or found
  type: list
  elements: str
seconds:
  description: How long the newest run took.
  returned: when it is over
  type: int
file:
  description: The answers file on the host.
  returned: always
  type: str
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

from ansible_collections.host_setup.setup.plugins.module_utils.answers import (
    ANSWERS, changes_of, diff_of, faults_of, file_of, lay_down, plan_of,
)
from ansible_collections.host_setup.setup.plugins.module_utils.program import PROGRAM, fail
from ansible_collections.host_setup.setup.plugins.module_utils.runs import FOLLOW, end, follow


def main():
    module = AnsibleModule(
        argument_spec=dict(
            PROGRAM, skip=dict(type='list', elements='str', default=[]), jobs=dict(type='int'), **dict(ANSWERS, **FOLLOW)),
        required_one_of=[('answers', 'file')],
        supports_check_mode=True,
    )
    path = file_of(module)
    planned = []
    if module.check_mode or module._diff:
        plan = plan_of(module, path)
        planned = [diff_of(plan)] if diff_of(plan) else []
        if faults_of(plan):
            fail(module, *faults_of(plan), file=path, changes=changes_of(plan))
    laid = lay_down(module, path)
    diff = ([laid] if laid else []) + planned
    if module.check_mode:
        changes = changes_of(plan)
        module.exit_json(changed=bool(changes or laid), changes=changes, file=path, diff=diff)
    argv = ['apply', path] + (['--update'] if module.params['update'] else [])
    for one in module.params['skip']:
        argv += ['--skip', one]
    if module.params['jobs'] is not None:
        argv += ['--jobs', str(module.params['jobs'])]
    result = follow(module, dict(argv=argv, what=['apply', path]), module.params['secrets'])
    result.update(changed=result['changed'] or laid is not None, file=path)
    if module._diff:
        result['diff'] = diff
    if result['over'] and any(one['code'] == 'apply.cannot-plan' for one in result['faults']):
        result['faults'] = faults_of(plan_of(module, path)) + result['faults']
    end(module, result)


if __name__ == '__main__':
    main()
