# Behind environ.py. What the settings say once they are imported, as the last line; why they could not be is told in a word of Python's own.
try:
    from django.conf import settings as s
    answer = {
        'DEBUG': bool(s.DEBUG),
        'ALLOWED_HOSTS': list(s.ALLOWED_HOSTS),
        'SECRET_KEY': str(s.SECRET_KEY),
        'ENGINE': s.DATABASES.get('default', {}).get('ENGINE', ''),
    }
except Exception as error:
    answer = {'kind': type(error).__name__, 'error': str(error)}
print('\n' + json.dumps(answer))
