/** Another home than the guide's: what the published files say of it is said anew, and a second look at what was written finds the same. */
import {expect, test} from 'vitest';
import {spliced} from '#edit/editor.ts';
import {nginx} from '#edit/nginx/nginx.ts';
import {pythonSettings} from '#edit/python/settings.ts';
import {homeInSettings, homeInSite} from '../../../stacks/ipynbsrv/steps/other-home.ts';

const site = `server {
	root    /srv/ipynbsrv/www;
	location / { include /usr/local/openresty/nginx/conf/uwsgi_params; uwsgi_pass unix:/var/run/ipynbsrv/ipynbsrv.sock; }
	location /public { root  /srv/ipynbsrv/data; }
	location /also { root  /srv/ipynbsrv/data; }
	location /srv/ipynbsrv/x { alias /srv/ipynbsrv-other; }
}
`;
const settings = `import os
DATA_ROOT = '/srv/ipynbsrv/data/'
HOME_ROOT = os.path.join(DATA_ROOT, 'homes')
STATIC_ROOT = "/srv/ipynbsrv/www/static/"
URL = '/srv/ipynbsrvs'
if os.environ.get('X'):
    OTHER = '/srv/ipynbsrv/other'
`;

test('a site file', () => {
	const once = spliced(site, nginx.edit(site, homeInSite(site, '/opt/nb')));
	expect(once).toBe(
		site.replace('/srv/ipynbsrv/www', '/opt/nb/www').replaceAll(/root {2}\/srv\/ipynbsrv\/data/g, 'root  /opt/nb/data'),
	);
	expect(spliced(once, nginx.edit(once, homeInSite(once, '/opt/nb')))).toBe(once);
	expect(homeInSite(site, '/srv/ipynbsrv')).toEqual([]);
});

test('settings.py', () => {
	const made = homeInSettings(settings, '/opt/nb', 2);
	const once = spliced(settings, pythonSettings.edit(settings, made));
	expect(once).toBe(
		settings
			.replace('/srv/ipynbsrv/data/', '/opt/nb/data/')
			.replace(`"/srv/ipynbsrv/www/static/"`, `'/opt/nb/www/static/'`),
	);
	expect(homeInSettings(once, '/opt/nb', 2)).toEqual(made);
	expect(homeInSettings(settings, '/srv/ipynbsrv', 2)).toEqual([]);
});
