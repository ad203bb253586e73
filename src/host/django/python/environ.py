# The environment that the unit of the application gives it, and its own directory first: a twelve-factor application is another one without. Gets `ask`.
from __future__ import print_function
import json, os, sys
sys.dont_write_bytecode = True
for name, value in ask.get('environ', {}).items():
    os.environ[str(name)] = value if sys.version_info[0] > 2 else value.encode('utf-8')
more = [p for p in os.environ.get('PYTHONPATH', '').split(os.pathsep) if p]
sys.path[:] = [ask['directory']] + more + [p for p in sys.path if p not in ['', ask['directory']] + more]
os.environ['DJANGO_SETTINGS_MODULE'] = str(ask['settings'])
