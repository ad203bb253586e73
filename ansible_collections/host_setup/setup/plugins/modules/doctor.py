#!/usr/bin/python
"""Looks at this host with `setup doctor`."""
# Copyright (c) The authors of host-setup
# MIT licence (see LICENSE of the repository)
from __future__ import annotations

DOCUMENTATION = r"""
---
module: doctor
short_description: Look at the health of a host
version_added: 0.1.0
description:
  - Calls C(setup doctor). Nothing on the host is changed, and the module never reports a change.
author:
  - The authors of host-setup (@host-setup)
extends_documentation_fragment:
  - host_setup.setup.program
attributes:
  check_mode:
    description: Runs in check mode as it always does.
    support: full
  diff_mode:
    description: There is nothing to show.
    support: none
options:
  checks:
    description: Checks or subjects; all if it is left out.
    type: list
    elements: str
    default: []
  fail_on:
    description:
      - What fails the task. V(new) are findings that the last look did not have.
      - V(never) gathers from all hosts, whatever is wrong with them.
    type: str
    choices: [never, fail, warn, new]
    default: fail
  full:
    description: Also return the whole report, to be kept in a file for C(setup doctor --from).
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Look at what has to do with TLS
  host_setup.setup.doctor:
    checks: [tls]

- name: Gather the reports of all hosts
  host_setup.setup.doctor:
    fail_on: never
    full: true
  register: looked
"""

RETURN = r"""
verdict:
  description: The worst that was found.
  returned: always
  type: str
  sample: warn
counts:
  description: How many rows there are of each state, and how many checks were made.
  returned: always
  type: dict
findings:
  description: What failed, warns, crashed or could not be told, and is not waived.
  returned: always
  type: list
  elements: dict
  contains:
    key:
      description: The check and its item.
      type: str
      sample: mysql.bind[3306]
    state:
      description: V(fail), V(warn), V(unknown) or V(crash).
      type: str
    says:
      description: What is wrong.
      type: str
    remedy:
      description: What mends it.
      type: str
report:
  description: The whole report, as C(schemas/doctor.schema.json) describes it.
  returned: when O(full=true)
  type: dict
"""

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.host_setup.setup.plugins.module_utils.program import PROGRAM, document, fail, fault

WORST_FIRST = ('crash', 'fail', 'warn', 'unknown')


def findings_of(report):
    """The rows that matter, the worst first."""
    rows = [row for row in report['rows'] if row['state'] in WORST_FIRST and 'waived' not in row]
    rows.sort(key=lambda row: WORST_FIRST.index(row['state']))
    return [
        dict(key=row['key'], state=row['state'], says=row['says'] or row['title'],
             remedy=row.get('remedy', {}).get('sentence', ''))
        for row in rows
    ]


def main():
    module = AnsibleModule(
        argument_spec=dict(
            PROGRAM,
            checks=dict(type='list', elements='str', default=[]),
            fail_on=dict(type='str', choices=['never', 'fail', 'warn', 'new'], default='fail'),
            full=dict(type='bool', default=False),
        ),
        supports_check_mode=True,
    )
    fail_on = module.params['fail_on']
    words = ['doctor', '--fail-on', 'fail' if fail_on == 'never' else fail_on]
    report = document(module, words + module.params['checks'], codes=(0, 1, 2))
    findings = findings_of(report)
    result = dict(changed=False, verdict=findings[0]['state'] if findings else 'ok', counts=report['counts'], findings=findings)
    if module.params['full']:
        result['report'] = report
    bad = [one for one in findings if counts(one, fail_on, report)]
    if bad:
        fail(module, *[fault('doctor.%s' % one['state'], '%s: %s' % (one['key'], one['says']), one['remedy']) for one in bad],
             **result)
    module.exit_json(**result)


def counts(finding, fail_on, report):
    """Does it fail the task?"""
    if fail_on == 'never':
        return False
    if fail_on == 'new':
        new = {row['key'] for row in report['rows'] if row.get('change') == 'new'}
        return finding['state'] in ('fail', 'warn') and finding['key'] in new
    return finding['state'] == 'fail' or (fail_on == 'warn' and finding['state'] == 'warn')


if __name__ == '__main__':
    main()
