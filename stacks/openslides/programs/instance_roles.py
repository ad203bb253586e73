"""The roles of the guide for one instance, each a list of steps that may be walked again after it broke off."""

import json
import os
import secrets
import string

import instance_files as files
import instance_record as records
from instance_container import PODMAN, UNITS, container_of, image_of, manage, wait_for_answer, write_units
from instance_database import drop_database, make_database
from instance_record import Refused
from instance_site import serve_none, serve_site
from instance_system import Failed, make_directory, run, unlink, write


def add(identifier, settings, log):
    record = records.read(settings, identifier)
    at = directory(settings, identifier)
    if os.path.exists(f'{at}/installed'):
        raise Refused('the instance is there already')
    refuse_taken(record, settings)
    image = image_of(record, settings)
    owner = records.account(settings)
    log.tell('make its directory and settings')
    for path, mode, ids in ((at, 0o755, (0, 0)), (f'{at}/data', 0o750, owner), (f'{at}/static', 0o755, owner)):
        make_directory(path, mode, ids)
    # Its name and number are taken from here on, whatever comes of the rest.
    keep(record, settings, image)
    password = ''.join(secrets.choice(string.ascii_letters + string.digits) for _ in range(24))
    if record['database'] == 'postgresql':
        log.tell('make its database')
        make_database(identifier, password, settings)
    # Root's, as is the directory: the user of the backend puts no link in its place.
    write(f'{at}/settings.py', files.settings_py(record, settings, secrets.token_urlsafe(38), password), 0o640, group=owner[1])
    write(f'{at}/supervisord.conf', files.supervisord_conf(), 0o644)
    write(f'{at}/502.html', files.page_502('being started'), 0o644)
    log.tell('start its container')
    write_units(record, settings, image)
    run('/usr/bin/systemctl', 'enable', '--quiet', files.units_of(identifier)[0], files.units_of(identifier)[2])
    run('/usr/bin/systemctl', 'restart', files.units_of(identifier)[0])
    container = container_of(identifier)
    log.tell('make its tables')
    manage(container, ['migrate', '--noinput'])
    log.tell('make its accounts')
    manage(container, ['insecurechangepassword', 'admin', record['superadmin_password']], secret=True)
    manage(container, ['createopenslidesuser', *record['admin'], '3'], secret=True)
    log.tell('tell it of its event')
    for key, value in record['event'].items():
        manage(container, ['changeconfig', f'general_event_{key}', value, '--settings', 'settings'], secret=True)
    finish(record, settings, log, container)


def update(identifier, settings, log):
    record = records.read(settings, identifier)
    refuse_taken(record, settings)
    image = image_of(record, settings)
    if not os.path.exists(f'{directory(settings, identifier)}/settings.py'):
        raise Refused('there is no such instance')
    keep(record, settings, image)
    log.tell('start its container anew')
    write_units(record, settings, image)
    run('/usr/bin/systemctl', 'restart', files.units_of(identifier)[0])
    container = container_of(identifier)
    log.tell('make its tables')
    manage(container, ['migrate', '--noinput'])
    finish(record, settings, log, container)


def finish(record, settings, log, container):
    """From a container with tables to a site that answers."""
    at = directory(settings, record['id'])
    log.tell('collect its files')
    manage(container, ['collectstatic', '--noinput'])
    if record['logo']:
        # As the user: what lies in the uploads may be a link to anywhere.
        for argv in (['/usr/bin/mkdir', '-p', f'{at}/static/img'], ['/usr/bin/cp', '--', f'{settings["uploads"]}/{record["logo"]}', f'{at}/static/img/logo-projector.png']):
            if records.as_user(settings, argv)[0] != 0:
                raise Failed('its logo is not among the uploads')
    log.tell('wait for its answer')
    wait_for_answer(record)
    run('/usr/bin/systemctl', 'start', files.units_of(record['id'])[2])
    log.tell('open its site')
    serve_site(record, settings)
    write(f'{at}/installed', '', 0o644)
    mark = os.path.join(settings['metadata'], record['id'])
    # The backend looks for the mark beside its own files, which in the guide are in the same directory.
    for argv in (['/usr/bin/mkdir', '-p', '--', mark], ['/usr/bin/touch', '--', f'{mark}/installed']):
        if records.as_user(settings, argv)[0] != 0:
            raise Failed('the backend cannot be told that it is there')
    log.tell('it is there')


def remove(identifier, settings, log):
    """Needs nothing that the backend wrote, so that a broken file keeps nobody from it."""
    log.tell('take its site and its units away')
    serve_none(identifier, settings)
    service, proxy, proxy_socket = files.units_of(identifier)
    for unit in (proxy_socket, proxy, service):
        run('/usr/bin/systemctl', 'disable', '--quiet', '--now', unit, codes=(0, 1, 5))
        unlink(f'{UNITS}/{unit}')
    run('/usr/bin/systemctl', 'daemon-reload')
    run('/usr/bin/systemctl', 'reset-failed', service, proxy, proxy_socket, codes=(0, 1))
    run(PODMAN, 'rm', '--force', '--ignore', f'openslides_{identifier}')
    unlink(files.uuid_file(identifier))
    log.tell('drop its database')
    drop_database(identifier, settings)
    log.tell('remove its files')
    at = directory(settings, identifier)
    # rm follows no link, and the directory itself is root's.
    run('/usr/bin/rm', '--recursive', '--force', '--one-file-system', '--', at)
    told = [os.path.join(settings['metadata'], identifier), records.file_of(settings, identifier)]
    if records.as_user(settings, ['/usr/bin/rm', '-rf', '--', *told])[0] != 0:
        raise Failed('the files of the backend cannot be removed')


def start(identifier, settings, log):
    known(identifier, settings)
    service, _, proxy_socket = files.units_of(identifier)
    run('/usr/bin/systemctl', 'enable', '--quiet', '--now', service, proxy_socket)
    write(f'{directory(settings, identifier)}/502.html', files.page_502('being started'), 0o644)
    log.tell('it is started')


def stop(identifier, settings, log):
    known(identifier, settings)
    service, proxy, proxy_socket = files.units_of(identifier)
    for unit in (proxy_socket, proxy, service):
        run('/usr/bin/systemctl', 'disable', '--quiet', '--now', unit, codes=(0, 1))
    write(f'{directory(settings, identifier)}/502.html', files.page_502('stopped'), 0o644)
    log.tell('it is stopped')


ROLES = {'add': add, 'remove': remove, 'start': start, 'stop': stop, 'update': update}


def known(identifier, settings):
    if not os.path.isdir(directory(settings, identifier)):
        raise Refused('there is no such instance')


def directory(settings, identifier):
    """Root's, below directories that are root's alone: raises Refused for any other place."""
    at = settings['instances']
    while True:
        stat = os.lstat(at)
        if stat.st_uid != 0 or stat.st_mode & 0o022 or os.path.islink(at):
            raise Refused(f'{at} is not root\'s alone')
        if at == '/':
            return os.path.join(settings['instances'], identifier)
        at = os.path.dirname(at)


def refuse_taken(record, settings):
    for other in os.listdir(settings['instances']):
        path = os.path.join(settings['instances'], other, 'record.json')
        if other == record['id'] or not os.path.exists(path):
            continue
        with open(path, encoding='utf-8') as file:
            theirs = json.load(file)
        if theirs['name'] == record['name'] or theirs['port'] == record['port']:
            raise Refused('another instance has its name or its number')


def keep(record, settings, image):
    """What root has to know of it later without asking the backend's file."""
    kept = {key: record[key] for key in ('id', 'name', 'port', 'socket_port', 'mode', 'database')}
    write(f'{directory(settings, record["id"])}/record.json', json.dumps({**kept, 'image': image}) + '\n', 0o644)
