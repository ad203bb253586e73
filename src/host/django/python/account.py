# Acts on the superuser: put, give_back, take_away.
def field_named(model, name):
    return model._meta.get_field(name)

def put():
    model = user_model()
    fields = dict((name, field_named(model, name).clean(value, None)) for name, value in (ask.get('fields') or {}).items())
    email = model.get_email_field_name() if hasattr(model, 'get_email_field_name') else 'email'
    names = [f.name for f in fields_of(model)]
    if email in names:
        fields[email] = ask['email']
    user = find_account(ask['username'])
    if user is None:
        wanted = set(list(model.REQUIRED_FIELDS) + [model.USERNAME_FIELD, 'password'])
        data = dict((name, value) for name, value in fields.items() if name in wanted)
        data[model.USERNAME_FIELD] = ask['username']
        model._default_manager.create_superuser(password=ask['password'], **data)
        user = find_account(ask['username'])
    elif ask['set_password']:
        user.set_password(ask['password'])
    for name, value in fields.items():
        setattr(user, name, value)
    for name in ('is_superuser', 'is_staff', 'is_active'):
        if name in names:
            setattr(user, name, True)
    user.save()
    return {'done': True, 'stored': text(user.password)}

def give_back():
    user = find_account(ask['username'])
    if user is None:
        return {'outcome': 'already'}
    names = dict((f.column, f) for f in fields_of(type(user)))
    for column, value in ask['was'].items():
        if column in names:
            setattr(user, names[column].attname, value)
    if ask.get('hash') is not None:
        user.password = ask['hash']
    user.save()
    return {'outcome': 'undone'}

def take_away():
    user = find_account(ask['username'])
    if user is None:
        return {'outcome': 'already'}
    holding = []
    meta = user._meta
    reverse = [r for r in meta.get_fields() if r.auto_created and not r.concrete and (r.one_to_many or r.one_to_one)] if hasattr(meta, 'get_fields') else meta.get_all_related_objects()
    for relation in reverse:
        other = getattr(relation, 'related_model', None) or relation.model
        if '%s.%s' % (other._meta.app_label, other._meta.object_name) == 'admin.LogEntry':
            continue
        count = other._default_manager.filter(**{relation.field.name: user}).count()
        if count:
            holding.append('%d in %s' % (count, other._meta.db_table))
    if holding and not ask['purge']:
        return {'outcome': 'kept', 'why': ', '.join(holding)}
    user.delete()
    return {'outcome': 'undone'}

known = {'put': put, 'give_back': give_back, 'take_away': take_away}
