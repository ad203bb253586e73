# Runs a Python program with arguments that come on stdin, as JSON: a password among them is then in no list of processes.
import json
import os
import runpy
import sys

program, arguments = json.loads(sys.stdin.read())
if sys.version_info[0] == 2:
    program = program.encode('utf-8')
    arguments = [word.encode('utf-8') for word in arguments]
sys.argv = [program] + arguments
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
sys.stdin = os.fdopen(0)
sys.path[0] = os.path.dirname(program)
runpy.run_path(program, run_name='__main__')
