# The questions about an application, each a function without arguments.
def environment():
    import django
    tree = os.path.realpath(ask['directory']) + os.sep
    paths = [p for p in sys.path if p and os.path.exists(p) and os.path.realpath(p) + os.sep != tree]
    known = [os.path.realpath(p) + os.sep for p in paths] + [tree, os.path.realpath(sys.prefix) + os.sep]
    files = set()
    for module in list(sys.modules.values()):
        path = getattr(module, '__file__', None)
        if not path:
            continue
        path = os.path.realpath(path[:-1] if path.endswith('.pyc') else path)
        if not any(path.startswith(one) for one in known):
            files.add(path)
    return {'paths': paths, 'files': sorted(files)}

def migrations():
    from django.apps import apps
    from django.db.migrations.autodetector import MigrationAutodetector
    from django.db.migrations.loader import MigrationLoader
    from django.db.migrations.questioner import MigrationQuestioner
    from django.db.migrations.state import ProjectState
    try:
        loader = MigrationLoader(None, ignore_no_initial=True)
    except TypeError:
        loader = MigrationLoader(None)
    disk = [[app, name, [list(one) for one in migration.replaces or []]] for (app, name), migration in sorted(loader.disk_migrations.items())]
    conflicts = dict((app, sorted(names)) for app, names in loader.detect_conflicts().items())
    state = loader.project_state() if hasattr(loader, 'project_state') else loader.graph.project_state()
    labels = set(config.label for config in apps.get_app_configs())
    detector = MigrationAutodetector(state, ProjectState.from_apps(apps), MigrationQuestioner(specified_apps=labels, dry_run=True))
    made = labels & set(loader.migrated_apps)
    tree = os.path.realpath(ask['directory']) + os.sep
    own = set(config.label for config in apps.get_app_configs() if (os.path.realpath(config.path) + os.sep).startswith(tree) and 'site-packages' not in config.path)
    found = {} if conflicts else detector.changes(loader.graph, convert_apps=own - made)
    missing = []
    for app, ones in sorted(found.items()):
        for one in ones:
            missing.append({'app': app, 'name': one.name, 'has': app in made, 'own': app in own, 'does': [text(o.describe()) for o in one.operations]})
    places = {}
    for config in apps.get_app_configs():
        try:
            module = loader.migrations_module(config.label)
            module = module[0] if isinstance(module, tuple) else module
        except Exception:
            module = None
        if not module:
            continue
        loaded = sys.modules.get(module)
        path = os.path.dirname(loaded.__file__) if getattr(loaded, '__file__', None) else os.path.join(config.path, module.split('.')[-1])
        places[config.label] = path
    tables = []
    import django
    if django.VERSION < (1, 9):
        for config in apps.get_app_configs():
            if config.label in loader.unmigrated_apps:
                tables += [m._meta.db_table for m in config.get_models(include_auto_created=True) if m._meta.managed and not m._meta.proxy]
    return {'disk': disk, 'missing': missing, 'conflicts': conflicts, 'places': places, 'tables': tables, 'wanted': wanted(apps)}

def wanted(apps):
    from django.db import DEFAULT_DB_ALIAS, router
    names = set()
    for config in apps.get_app_configs():
        for model in config.get_models(include_auto_created=True):
            meta = model._meta
            if not meta.managed or meta.proxy or meta.swapped:
                continue
            try:
                here = router.allow_migrate_model(DEFAULT_DB_ALIAS, model) if hasattr(router, 'allow_migrate_model') else router.allow_migrate(DEFAULT_DB_ALIAS, model)
            except Exception:
                here = False
            if here:
                names.add(meta.db_table)
    return sorted(names)

def model():
    model = user_model()
    email = model.get_email_field_name() if hasattr(model, 'get_email_field_name') else 'email'
    columns = dict((f.name, f.column) for f in fields_of(model))
    return {'table': model._meta.db_table, 'username': columns[model.USERNAME_FIELD], 'email': columns.get(email), 'columns': columns}

def use(connection):
    if connection.vendor not in ('postgresql', 'mysql'):
        return None
    with connection.cursor() as cursor:
        if connection.vendor == 'mysql':
            cursor.execute('SELECT @@global.read_only')
            on = text(cursor.fetchone()[0]) not in ('0', 'OFF', 'b\'0\'')
            return {'readOnly': 'read_only is on' if on else None, 'hidden': [], 'barred': []}
        cursor.execute("SELECT current_setting('transaction_read_only')")
        on = cursor.fetchone()[0] == 'on'
        cursor.execute("""SELECT relname, pg_get_userbyid(relowner) FROM pg_class WHERE relkind IN ('r', 'p') AND pg_table_is_visible(oid)
            AND NOT (has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT') AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE'))
            AND relnamespace NOT IN (SELECT oid FROM pg_namespace WHERE nspname IN ('pg_catalog', 'information_schema'))""")
        return {'readOnly': 'transaction_read_only is on' if on else None, 'hidden': [], 'barred': [[text(a), text(b)] for a, b in cursor.fetchall()]}

def rows():
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder
    tables = connection.introspection.table_names()
    applied = [[app, name] for app, name in MigrationRecorder(connection).applied_migrations()] if 'django_migrations' in tables else []
    model = user_model()
    found = []
    if model._meta.db_table in tables:
        users = model._default_manager.all()
        if ask.get('username'):
            users = users.filter(**{model.USERNAME_FIELD: ask['username']})
        elif 'is_superuser' in [f.name for f in fields_of(model)]:
            users = users.filter(is_superuser=True)
        else:
            users = users.none()
        found = guarded(lambda: [account(one) for one in users[:200]])
    # Last: a question that went wrong ends the transaction for those after it.
    allowed = guarded(lambda: use(connection))
    answer = {'applied': applied, 'tables': list(tables), 'accounts': found if isinstance(found, list) else []}
    if allowed and 'hidden' in allowed:
        answer['use'] = allowed
    return answer

def same_bytes(one, other):
    try:
        if os.path.getsize(one) != os.path.getsize(other):
            return False
        with io.open(one, 'rb') as a, io.open(other, 'rb') as b:
            while True:
                x, y = a.read(1 << 20), b.read(1 << 20)
                if x != y:
                    return False
                if not x:
                    return True
    except (IOError, OSError):
        return False

def statics():
    from django.apps import apps
    from django.conf import settings
    if not apps.is_installed('django.contrib.staticfiles'):
        return {'root': None, 'why': 'django.contrib.staticfiles is not in INSTALLED_APPS'}
    from django.contrib.staticfiles import finders
    from django.contrib.staticfiles.storage import staticfiles_storage as storage
    from django.core.exceptions import ImproperlyConfigured
    try:
        root = storage.path('')
    except ImproperlyConfigured:
        return {'root': None, 'why': 'STATIC_ROOT is not set'}
    except NotImplementedError:
        return {'root': None, 'why': 'the storage of the static files is not on this host', 'remote': True}
    ignore = getattr(apps.get_app_config('staticfiles'), 'ignore_patterns', ['CVS', '.*', '*~'])
    sources = set(os.path.join(config.path, 'static') for config in apps.get_app_configs())
    files = {}
    for finder in finders.get_finders():
        for path, source in finder.list(ignore):
            prefix = getattr(source, 'prefix', None)
            name = os.path.join(prefix, path) if prefix else path
            if name in files:
                continue
            try:
                files[name] = source.path(path)
                sources.add(source.path(''))
            except NotImplementedError:
                files[name] = None
    for one in settings.STATICFILES_DIRS:
        sources.add(one[1] if isinstance(one, (list, tuple)) else text(one))
    missing, differing, extra = [], [], []
    for name, source in files.items():
        target = storage.path(name)
        if not os.path.exists(target):
            missing.append(name)
        elif source and not same_bytes(source, target):
            differing.append(name)
    plain = not hasattr(storage, 'post_process')
    if getattr(storage, 'manifest_name', None):
        hashed = getattr(storage, 'hashed_files', None) or {}
        extra.append(storage.manifest_name)
        if files and not os.path.exists(storage.path(storage.manifest_name)):
            missing.append(storage.manifest_name)
        for name, made in hashed.items():
            extra.append(made)
            if not os.path.exists(storage.path(made)):
                missing.append(made)
                continue
            with storage.open(made) as opened:
                mark = storage.file_hash(name, opened)
            if mark and ('.%s' % mark) not in made:
                differing.append(made)
        known = set(hashed)
        missing += [name for name in files if storage.hash_key(storage.clean_name(name)) not in known and name not in missing] if hashed else []
    for name in list(files) + extra:
        extra += [name + end for end in ('.gz', '.br') if os.path.exists(storage.path(name + end))]
    media = getattr(settings, 'MEDIA_ROOT', None)
    return {
        'root': root, 'plain': plain, 'files': files, 'extra': sorted(set(extra)), 'sources': sorted(sources),
        'missing': sorted(missing), 'differing': sorted(differing), 'media': text(media) if media else None,
    }

known = {'environment': environment, 'migrations': migrations, 'model': model, 'rows': rows, 'statics': statics}
