"""What the documentation of all modules has in common."""
# Copyright (c) The authors of host-setup
# MIT licence (see LICENSE of the repository)
from __future__ import annotations


class ModuleDocFragment:
    """Options that say which program is called, and with which answers."""

    DOCUMENTATION = r"""
options:
  setup:
    description:
      - The program on the host; a name is looked for in C(PATH).
    type: path
    default: setup
  state:
    description:
      - Where the program keeps its state, if not in C(/var/lib/host-setup).
    type: path
requirements:
  - C(setup) on the host, which the role M(host_setup.setup.stack) brings
notes:
  - Must run as root, with C(become).
"""

    ANSWERS = r"""
options:
  answers:
    description:
      - The answers as data, as an answers file has them.
      - "Secrets are named here and never written, for instance C({env: DB_PASSWORD}) or C({secret: generate})."
    type: dict
  file:
    description:
      - The answers file on the host. With O(answers) it is where they are laid down.
      - If it is left out, C(/etc/host-setup/answers/STACK.yaml).
    type: path
  secrets:
    description:
      - The values of what O(answers) take from the environment, by name.
      - They reach the program in its environment, never in its words, and are shown nowhere.
      - Do not use the keyword C(environment) of Ansible for them, for C(-vvv) shows what that holds.
    type: dict
    default: {}
  update:
    description:
      - Follow the branch, and go back where the new code is not proven.
    type: bool
    default: false
"""

    FOLLOW = r"""
options:
  wait:
    description:
      - How many seconds to follow the run. It goes on by itself when they are over, and RV(over) is false.
      - V(0) waits until the end.
    type: int
    default: 0
  after:
    description:
      - The name of the newest run before, as M(host_setup.setup.plan) returned it in RV(host_setup.setup.plan#module:last_run).
      - A run of the same command that is newer is attached to, or its end is told, instead of starting another. This is how
        a play finds its run again after its connection was lost. One that was cut off by a reboot is gone on with.
      - If it is left out, a run of the same command that is in progress is attached to.
    type: str
"""
