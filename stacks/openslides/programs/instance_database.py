"""The database and the role of one instance, made and dropped by the administrator's role, whose password only root reads."""

import psycopg2
from psycopg2 import extensions, sql


def connect(settings):
    server = settings['database']
    with open(server['password_file'], encoding='utf-8') as file:
        password = file.read().rstrip('\n')
    connection = psycopg2.connect(
        host=server['host'], port=server['port'], user=server['role'], password=password, dbname='postgres', connect_timeout=20
    )
    connection.autocommit = True
    return connection


def name_of(identifier):
    return sql.Identifier(f'openslides_{identifier}')


def make_database(identifier, password, settings):
    """The role owns it, for from PostgreSQL 15 on nobody else makes tables in it; and no other instance's role may enter."""
    name = name_of(identifier)
    connection = connect(settings)
    try:
        with connection.cursor() as cursor:
            # As the server keeps it: what is not sent in the clear stands in no log of statements.
            hashed = extensions.encrypt_password(password, f'openslides_{identifier}', connection, 'scram-sha-256')
            verb = 'ALTER' if there(cursor, 'pg_roles', 'rolname', identifier) else 'CREATE'
            cursor.execute(sql.SQL(verb + ' ROLE {} LOGIN PASSWORD {}').format(name, sql.Literal(hashed)))
            if not there(cursor, 'pg_database', 'datname', identifier):
                cursor.execute(
                    sql.SQL(
                        "CREATE DATABASE {} OWNER {} ENCODING 'UTF8' LC_COLLATE 'en_US.UTF-8' LC_CTYPE 'en_US.UTF-8' TEMPLATE template0"
                    ).format(name, name)
                )
            cursor.execute(sql.SQL('REVOKE ALL ON DATABASE {} FROM PUBLIC').format(name))
    finally:
        connection.close()


def drop_database(identifier, settings):
    connection = connect(settings)
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL('DROP DATABASE IF EXISTS {} WITH (FORCE)').format(name_of(identifier)))
            cursor.execute(sql.SQL('DROP ROLE IF EXISTS {}').format(name_of(identifier)))
    finally:
        connection.close()


def there(cursor, table, column, identifier):
    cursor.execute(
        sql.SQL('SELECT 1 FROM {} WHERE {} = %s').format(sql.Identifier(table), sql.Identifier(column)), [f'openslides_{identifier}']
    )
    return cursor.fetchone() is not None
