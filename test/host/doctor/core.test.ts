/** The doctor itself on a booted host: what it says, what it never does, and that a repair can be taken back. */

import {withPackages} from '../support/with-host.ts';
import {recipes} from './support/recipes.ts';

recipes('a unit that failed is found, and its remedy mends it', {layer: withPackages('node', ['libatomic1']), network: 'none'}, [
	{
		name: 'a service whose program ends with 1',
		check: 'host.failed-units',
		item: 'broken.service',
		async break(host) {
			await host.must(['sh', '-c', 'printf "[Service]\\nType=oneshot\\nExecStart=/bin/sh -c \'test -e /run/mended\'\\n" > /etc/systemd/system/broken.service']);
			await host.run(['systemctl', 'start', 'broken.service']);
			await host.must(['touch', '/run/mended']);
		},
		verdict: 'fail',
		says: /broken\.service has failed/,
		layers: {runtime: 'failed'},
		mend: 'remedy',
	},
]);
