# Behind environ.py. Starts Django with nothing on stdout but our answer: whatever the application prints goes to stderr. Gets `ask`, answers by `tell`.
import io, traceback
answers = os.fdopen(os.dup(1), 'wb')
os.dup2(2, 1)
sys.argv = ['manage.py', 'setup']
text = type(u'')

def tell(answer):
    answers.write(json.dumps(answer).encode('utf-8'))
    answers.close()

def guarded(question):
    try:
        return question()
    except (Exception, SystemExit) as error:
        lines = traceback.format_exc().strip().splitlines()
        return {'error': [text(line) for line in lines[-12:]], 'kind': type(error).__name__}

def begin():
    if os.environ.get('DJANGO_CONFIGURATION'):
        import configurations
        configurations.setup()
    import django
    django.setup()
    return {'version': django.get_version()}

def user_model():
    from django.contrib.auth import get_user_model
    return get_user_model()

def fields_of(model):
    return [f for f in model._meta.fields if f.column]

def shown(value):
    return value if value is None or isinstance(value, bool) else text(value)

def account(user):
    row = dict((f.column, shown(getattr(user, f.attname, None))) for f in fields_of(type(user)))
    for name in ('is_superuser', 'is_staff', 'is_active'):
        row[name] = bool(getattr(user, name, True))
    return row

def find_account(name):
    model = user_model()
    return model._default_manager.filter(**{model.USERNAME_FIELD: name}).first()
