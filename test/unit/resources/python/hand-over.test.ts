import {expect, test} from 'vitest';
import {withoutDoubles, withReplaced} from '#resources/python/hand-over.ts';

const file = 'django==1.7.4\n# of PyPI\ndjango-auth-ldap\nDjango_Widget.Tweaks==1.3\n';

test.each<readonly [string, string, 'install' | 'keep']>([
	['a name that a file has as well is a limit for it', 'django-auth-ldap<1.3', 'keep'],
	['however it is written', 'django.widget_tweaks<2', 'keep'],
	['another name is installed', 'psycopg2==2.8.6', 'install'],
	['one with extras asks for more', 'django-auth-ldap[tests]<1.3', 'install'],
	['an address is left to pip', 'https://example.org/django-1.7.4.tar.gz', 'install'],
	['a comment too', '# django', 'install'],
])('%s', (_, line, where) => {
	expect(withoutDoubles([line], [file])).toEqual({install: [], keep: [], [where]: [line]});
});

test.each<readonly [string, string, string, string]>([
	['an exact pin', 'psycopg2==2.6.1', 'psycopg2==2.7.7', 'psycopg2==2.7.7'],
	['one with extras and a comment', 'Pillow[webp]>=3  # images', 'pillow==5', 'pillow==5'],
	['a repository', 'django-environ@git+https://a.example/e.git@1', 'Django_Environ==0.11', 'Django_Environ==0.11'],
	['however it is written', 'python_ldap == 2', 'python-ldap==3', 'python-ldap==3'],
	['not one whose name begins alike', 'psycopg2-binary==2.9', 'psycopg2==2.7.7', 'psycopg2-binary==2.9'],
	['nor an option', '-r base.txt # comment', 'r==1', '-r base.txt # comment'],
	['nor a comment', '# psycopg2==2.6.1', 'psycopg2==2.7.7', '# psycopg2==2.6.1'],
])('a line takes the place of %s', (_, line, replaced, after) => {
	expect(withReplaced(`six\n${line}\n`, [replaced])).toBe(`six\n${after}\n`);
});
