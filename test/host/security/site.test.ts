/** What a site that setup writes publishes of a directory whose owner can put links there: nothing that the workers may read and its owner may not. */
import {expect} from 'vitest';
import {nginxSiteText} from '#steps/sites/nginx-site-text.ts';
import {put} from '../doctor/support/inside.ts';
import {web} from '../doctor/support/web.ts';
import {hostTest} from '../support/with-host.ts';
import {as} from './support/coralnet.ts';

hostTest(
	'a link among the static files publishes nothing that is not its owners',
	{layer: web, network: 'none', timeout: 300_000},
	async host => {
		await put(
			host,
			'/etc/nginx/sites-enabled/site',
			nginxSiteText({
				names: ['site.example'],
				to: {address: '127.0.0.1', port: 1},
				timeout: 5,
				body: 1,
				statics: [{at: '/static', directory: '/srv/app/static'}],
			}),
		);
		await host.must([
			'bash',
			'-ec',
			`useradd --create-home app; install -d -o app -g app /srv/app /srv/app/static
			install -d -m 755 /srv/other; install -m 640 -o root -g www-data /dev/null /srv/other/secret; echo MARKER > /srv/other/secret
			install -d -o www-data -m 700 /srv/workers; echo MARKER > /srv/workers/own; nginx -t; systemctl restart nginx`,
		]);
		await as(
			host,
			'app',
			'cd /srv/app/static; echo honest > file; ln -s file link; mkdir more; echo honest > more/file; ln -s more linked; ln -s /srv/other/secret out; ln -s /srv other; ln -s /srv/workers/own own',
		);
		const get = async (path: string): Promise<string> =>
			(await host.run(['curl', '-s', '-H', 'Host: site.example', `http://127.0.0.1/static/${path}`])).stdout;
		for (const path of ['file', 'link', 'more/file', 'linked/file']) expect(await get(path), path).toBe('honest\n');
		for (const path of ['out', 'other/other/secret', 'own']) {
			const said = await get(path);
			expect(said, path).toContain('403');
			expect(said, path).not.toContain('MARKER');
		}
	},
);
