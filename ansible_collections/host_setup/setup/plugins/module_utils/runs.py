"""Runs of the program that go on without the module: starting one, attaching to it, finding it again, and what became of it.

A run is a unit of systemd. The connection over which Ansible came may end at any moment, and the host may be rebooted: whoever
comes next finds the run by its command and by the run that was the newest before.
"""
# Copyright (c) The authors of host-setup
# MIT licence (see LICENSE of the repository)
from __future__ import annotations

import datetime
import os
import subprocess
import time

from ansible_collections.host_setup.setup.plugins.module_utils.program import (
    call, document, fail, fault, fault_in, json_lines, words_of_state,
)

FOLLOW = dict(
    wait=dict(type='int', default=0),
    after=dict(type='str'),
)

# Runs that one module starts, where each was cut off.
MOST_STARTS = 3
# Seconds.
PAUSE_IN_SHUTDOWN = 5
# Runs that are looked through for ours.
MOST_RUNS = 50


def newest_run(module):
    """The name of the newest run that the host has seen; empty where there was none."""
    runs = document(module, ['log', '--last', '1'])['runs']
    return runs[0]['run'] if runs else ''


def runs_since(module, what, after):
    """Those of this command, newest first, that came after another one; without that, the one in progress."""
    runs = document(module, ['log', '--last', str(MOST_RUNS)])['runs']
    if after is None:
        return [run for run in runs[:1] if run['outcome'] == 'running' and run.get('what') == what]
    found = []
    for run in runs:
        if run['run'] == after:
            break
        found.append(run)
    return [run for run in found if run.get('what') == what]


def follow(module, words, secrets=None):
    """Starts `setup WORDS` apart from us, or finds it again, and follows it. Gives what became of it so far."""
    what = 'setup ' + ' '.join(words['what'])
    after = module.params['after']
    until = time.monotonic() + module.params['wait'] if module.params['wait'] > 0 else None
    starts = 0
    if after is None and not runs_since(module, what, None):
        after = newest_run(module)
    while True:
        runs = runs_since(module, what, after)
        if runs and after is None:
            after = before(module, runs[-1]['run'])
        newest = runs[0] if runs else None
        if newest is not None and newest['outcome'] not in ('done', 'running') and is_going_down():
            # Whatever the run says now, a reboot made it say so. The connection ends soon, and who comes next goes on.
            time.sleep(PAUSE_IN_SHUTDOWN)
        elif newest is None or newest['outcome'] == 'cut off' or was_ended_by_reboot(newest):
            if starts == MOST_STARTS:
                fail(module, fault('ansible.cut-off', '%s was cut off again and again' % what, 'setup log tells what it said.'))
            starts += 1
            start(module, words['argv'], what, secrets)
        elif newest['outcome'] == 'running':
            if until is not None and time.monotonic() >= until:
                return result_of(module, runs, over=False)
            attach(module, until)
        else:
            return result_of(module, runs, over=True)


def was_ended_by_reboot(run):
    """Did it end, other than well, before this system was started? Then it was the shutdown that stopped it or took away what it needed."""
    if run['outcome'] in ('done', 'running'):
        return False
    began = datetime.datetime.strptime(run['at'][:19] + '+0000', '%Y-%m-%dT%H:%M:%S%z').timestamp()
    return began + (run.get('seconds') or 0) < started_at()


def started_at():
    """When the first process of this system began, in seconds since the epoch. In a container that is later than the kernel's boot."""
    with open('/proc/stat', encoding='ascii') as file:
        booted = next(int(line.split()[1]) for line in file if line.startswith('btime '))
    with open('/proc/1/stat', encoding='utf-8', errors='replace') as file:
        ticks = int(file.read().rsplit(')', 1)[1].split()[19])
    return booted + ticks / os.sysconf('SC_CLK_TCK')


def is_going_down():
    """Is this system shutting down?"""
    try:
        said = subprocess.run(['systemctl', 'is-system-running'], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, check=False, timeout=10).stdout
    except (OSError, subprocess.TimeoutExpired):
        return False
    return said.strip() == b'stopping'


def before(module, run):
    """The name of the run before this one; empty where it was the first."""
    runs = [one['run'] for one in document(module, ['log', '--last', str(MOST_RUNS)])['runs']]
    at = runs.index(run) + 1
    return runs[at] if at < len(runs) else ''


def start(module, argv, what, secrets):
    """Starts it. That one of the same command came in between is as good."""
    code, stdout, stderr = call(module, argv + ['--detach', '--format', 'ndjson'], secrets)
    if code == 0 and any(one.get('type') == 'detached' for one in json_lines(stdout)):
        return
    why = fault_in(code, stdout, stderr)
    if why['code'] == 'run.held' and runs_since(module, what, None):
        return
    fail(module, why)


def attach(module, until):
    """Waits until the run ends, or until a moment. What it says goes to its log, which is read afterwards."""
    setup = module.params['setup']
    if '/' not in setup:
        setup = module.get_bin_path(setup, required=True, opt_dirs=['/usr/local/bin', '/usr/bin'])
    argv = [setup, 'attach', '--format', 'ndjson'] + words_of_state(module)
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as watcher:
        try:
            watcher.wait(None if until is None else max(1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            watcher.terminate()
    # Where the run lives and talks to nobody, this is what keeps us from asking it without a pause.
    time.sleep(0.2)


def result_of(module, runs, over):
    """What all runs since then came to, as the module's result."""
    newest = runs[0]
    story = document(module, ['log', newest['run'], '--lines', '20'])
    restarts = [debt['unit'] for debt in story['debts'] if debt['made']]
    faults = [one['fault'] for one in story['things'] if one.get('fault')]
    if newest.get('fault'):
        faults.append(newest['fault'])
    changed = sum(run['changed'] + run['undone'] for run in runs)
    return dict(
        changed=changed > 0 or bool(restarts), over=over, run=newest['run'], outcome=newest['outcome'],
        runs=[run['run'] for run in runs], changes=[one['id'] for one in story['things'] if one['outcome'] == 'changed'],
        undone=story['undone'], restarts=restarts, seconds=newest.get('seconds'), faults=faults,
    )


def end(module, result):
    """Ends the module with what became of the run: a failure where it failed or was stopped."""
    if not result['over'] or result['outcome'] == 'done':
        module.exit_json(**result)
    faults = result.pop('faults') or [conflict_or_end(result)]
    fail(module, *faults, **result)


def conflict_or_end(result):
    """A fault for a run that ended badly and told none: an undo that met what somebody edited since, or one that was stopped."""
    conflicts = [one for one in result['undone'] if one['result']['outcome'] == 'conflict']
    if conflicts:
        return fault('ansible.conflict', '%d things were edited since: %s' % (
            len(conflicts), ', '.join('%s (%s)' % (one['id'], one['result']['why']) for one in conflicts[:5])),
            'setup undo --plan shows the differences.')
    return fault('ansible.run', 'the run %s ended as %s' % (result['run'], result['outcome']), 'setup log %s tells its story.' % result['run'])
