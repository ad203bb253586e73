# Takes away collected files that are not what they should be, so that collectstatic, which goes by dates, makes them again.
def discard():
    from django.contrib.staticfiles.storage import staticfiles_storage as storage
    for name in ask['names']:
        path = storage.path(name)
        if os.path.lexists(path):
            os.unlink(path)
    return {'done': True}

known = {'discard': discard}
