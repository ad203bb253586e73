"""A program that somebody else may get into his hands while it runs, as whoever has its user may: it says little, and ends in time."""

import os
import select
import subprocess
import time


def heard(argv, most, patience, **how):
    """
    Its code, and the last `most` bytes that it printed; one that is at it longer than `patience` seconds is ended, with 124. In a session of its own: what
    holds root's terminal can type into it, and root's shell would read that.
    """
    end, said, code = time.monotonic() + patience, b'', None
    with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, start_new_session=True, **how) as process:
        try:
            while select.select([process.stdout], [], [], max(0, end - time.monotonic()))[0] and time.monotonic() < end:
                piece = os.read(process.stdout.fileno(), 65536)
                said = (said + piece)[-most:]
                if not piece:
                    code = process.wait(max(0, end - time.monotonic()))
                    break
        except subprocess.TimeoutExpired:
            pass
        finally:
            process.kill()
    return 124 if code is None else code, said


def printable(said):
    """For a terminal or the journal: lines of what has no meaning to either."""
    return ''.join(one if one.isprintable() or one == '\n' else '?' for one in said.decode('utf-8', 'replace'))
