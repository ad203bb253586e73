import {expect, test} from 'vitest';
import {clashIn} from '#steps/probes/requirements-fit.ts';

test.each<readonly [string, string, string | undefined]>([
	['django==1.7.4\n', '2.7', undefined],
	['django==1.7.4\n', '3.9', 'Django 1.7.4, which runs on Python 2.7 to 3.4'],
	['# web\nDjango == 5.1.2  # newest\n', '3.9', 'Django 5.1.2, which runs on Python 3.10 to 3.14'],
	['Django==4.2.11\nldap3\n', '2.7', 'Django 4.2.11, which runs on Python 3.8 to 3.13'],
	['Django==3.2.19\n', '3.11', undefined],
	['Django>=1.7\n', '3.11', undefined],
	['Django==9.9\n', '3.11', undefined],
	['django-ldapdb==0.3.2\n', '3.11', undefined],
])('%j on Python %s', (text, python, clash) => expect(clashIn(text, python)).toBe(clash));
