#!/usr/bin/python
"""What `setup apply` would change on this host."""
# Copyright (c) The authors of host-setup
# MIT licence (see LICENSE of the repository)
from __future__ import annotations

DOCUMENTATION = r"""
---
module: plan
short_description: Show what a stack would change on a host
version_added: 0.1.0
description:
  - Calls C(setup plan) and returns it. Nothing is changed, and the module never reports a change.
  - With C(--diff) it shows the patches, secrets masked.
author:
  - The authors of host-setup (@host-setup)
extends_documentation_fragment:
  - host_setup.setup.program
  - host_setup.setup.program.answers
attributes:
  check_mode:
    description: Runs in check mode as it always does.
    support: full
  diff_mode:
    description: Shows the patches of the plan.
    support: full
options:
  fail_on_change:
    description: Fail where something would change, for a play that proves that a host is as desired.
    type: bool
    default: false
seealso:
  - module: host_setup.setup.apply
"""

EXAMPLES = r"""
- name: Show what would change
  host_setup.setup.plan:
    answers:
      version: 1
      stack: coralnet
      sources: {from: demo}
  register: planned

- name: Prove that nothing would
  host_setup.setup.plan:
    file: /etc/host-setup/answers/coralnet.yaml
    fail_on_change: true
"""

RETURN = r"""
would_change:
  description: Is anything not as desired?
  returned: success
  type: bool
  sample: true
counts:
  description: How many things are as desired, would change, cannot be told yet, and cannot be planned.
  returned: success
  type: dict
  sample: {ok: 40, change: 2, unknown: 0, failed: 0}
changes:
  description: What is not as desired.
  returned: success
  type: list
  elements: dict
  contains:
    id:
      description: The thing.
      type: str
      sample: file:/etc/nginx/nginx.conf
    step:
      description: The step that wants it.
      type: str
    what:
      description: What would change, in a clause each.
      type: list
      elements: str
last_run:
  description: The newest run that the host has seen, for O(host_setup.setup.apply#module:after).
  returned: success
  type: str
  sample: 20261129T120012Z-ab12
fault:
  description: The first of O(ignore:faults), with code, sentence, hint and details.
  returned: failure
  type: dict
faults:
  description: All that stands in the way.
  returned: failure
  type: list
  elements: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.host_setup.setup.plugins.module_utils.answers import (
    ANSWERS, changes_of, diff_of, faults_of, file_of, plan_of,
)
from ansible_collections.host_setup.setup.plugins.module_utils.program import PROGRAM, fail, fault
from ansible_collections.host_setup.setup.plugins.module_utils.runs import newest_run


def main():
    module = AnsibleModule(
        argument_spec=dict(PROGRAM, fail_on_change=dict(type='bool', default=False), **ANSWERS),
        required_one_of=[('answers', 'file')],
        supports_check_mode=True,
    )
    plan = plan_of(module, file_of(module))
    changes, faults = changes_of(plan), faults_of(plan)
    result = dict(changed=False, would_change=bool(changes), counts=plan['counts'], changes=changes)
    if module._diff and diff_of(plan):
        result['diff'] = [diff_of(plan)]
    if faults:
        fail(module, *faults, **result)
    if changes and module.params['fail_on_change']:
        fail(module, fault(
            'ansible.would-change', '%d things are not as desired: %s' % (len(changes), ', '.join(one['id'] for one in changes[:5])),
            'host_setup.setup.apply makes them so.'), **result)
    module.exit_json(last_run=newest_run(module), **result)


if __name__ == '__main__':
    main()
