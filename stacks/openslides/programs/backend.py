"""
Starts the backend of OpenSlides from its checkout, which stays as it is, and mends what newer Pythons took away from it.

Usage: backend.py CHECKOUT LIBRARY [options of the backend]
"""

import asyncio
import json
import os
import runpy
import sys


def mend_python():
    # py-jsonapi, of which only the part for flask is used, does not import without it (gone in Python 3.11).
    if not hasattr(asyncio, 'coroutine'):
        asyncio.coroutine = lambda function: function
    # Python 3.9 took the argument away; the files are UTF-8 in either case.
    load = json.load
    json.load = lambda file, *words, encoding=None, **named: load(file, *words, **named)


def mend_flask(upload_dir):
    import flask

    run = flask.Flask.run

    def run_mended(app, *words, **named):
        # It writes uploads to /tmp, whatever --upload-dir says, and looks for them there.
        app.config['UPLOAD_FOLDER'] = upload_dir
        # It prints every request with its headers.
        if 'OPENSLIDES_REQUEST_LOG' not in os.environ:
            sys.stdout = open(os.devnull, 'w')
        return run(app, *words, **named)

    flask.Flask.run = run_mended


def main(checkout, library, options):
    mend_python()
    sys.path[:1] = [os.path.join(checkout, 'python'), library]
    mend_flask(options[options.index('--upload-dir') + 1])
    program = os.path.join(checkout, 'python', 'backend.py')
    sys.argv = [program, *options]
    runpy.run_path(program, run_name='__main__')


if __name__ == '__main__':
    if len(sys.argv) < 3 or '--upload-dir' not in sys.argv:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
