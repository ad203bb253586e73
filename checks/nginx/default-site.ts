import {lastIn} from '#host/nginx/config.ts';
import type {Nginx} from '#host/nginx/now.ts';
import {allServers, inUse, nginxSites, type Server} from '#host/nginx/sites.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import {absent} from '#resources/files/absent.ts';
import {edit} from '#resources/files/edit.ts';
import {seen} from '../shared/seeing.ts';

const kinds = defineKinds({
	there: {
		state: 'warn',
		example: {
			path: '/etc/nginx/sites-enabled/default',
			isLink: true,
			nginx: {conf: '/etc/nginx/nginx.conf', unit: 'nginx.service', argv: ['nginx']} as Pick<
				Nginx,
				'conf' | 'unit' | 'argv'
			>,
		},
		says: ({path}) => `the stock site is still there, in ${path}`,
		remedy: ({path, isLink, nginx}) => ({
			sentence: isLink
				? 'Remove the link; the file stays in sites-available.'
				: `Take the stock server block out of ${path}.`,
			...(isLink && {
				commands: [
					['rm', '--', path],
					[...nginx.argv, '-t'],
					['systemctl', 'reload', nginx.unit],
				],
			}),
		}),
		fix: ({path, isLink, nginx}) => {
			const owes = [{unit: nginx.unit, do: 'reload' as const}];
			if (isLink) return [absent({path}, {owes})];
			return [
				edit(
					{
						path,
						format: 'nginx',
						settings: [{block: path === nginx.conf ? ['http'] : [], removeBlocks: 'server'}],
						checkAfter: [...nginx.argv, '-t', '-q'],
					},
					{owes},
				),
			];
		},
	},
});

/** The page that comes with the package answers for every name nobody claimed, and hides that the real site is not there. */
export const check = defineCheck({
	id: 'nginx.default-site',
	title: 'The stock site of nginx is gone',
	why: 'The guides remove it: as the default server it answers every request whose name no site claims, so a site with a slip in its name shows a welcome page.',
	reads: [
		'the server blocks of the configuration: the root and index that the package came with, and the stock server of OpenResty',
	],
	severity: 'warn',
	wish: true,
	layers: ['file'],
	source:
		'coralnet: nginx (rm sites-enabled/default); openslides: Nginx setup; ipynbsrv: remove the servers already defined here',
	verify: 'ls /etc/nginx/sites-enabled/; curl -s http://localhost/ | grep -i welcome',
	facts: {sites: nginxSites},
	kinds,
	appliesTo: ({facts}) => facts.sites.length > 0 || 'neither nginx nor OpenResty is installed',
	async inspect({facts}) {
		const servers = allServers(facts.sites);
		return findings(
			inUse(facts.sites.map(({nginx}) => nginx)).map((nginx): FoundOf<typeof kinds> => {
				const stock = servers.find(one => one.nginx === nginx && isStock(one));
				const said = {item: nginx.name, expected: 'gone'};
				if (stock === undefined) return {...said, is: 'ok', layers: {file: seen('gone', nginx.conf)}};
				const path = stock.block.file;
				return {
					...said,
					is: 'there',
					data: {path, isLink: /\/sites-enabled\/[^/]+$/.test(path), nginx},
					layers: {file: seen('there', stock.block.where)},
				};
			}),
		);
	},
});

/** As Debian's nginx and OpenResty's nginx.conf come; whoever wrote a site of their own into that file changed one of these. */
const isStock = ({block, names}: Server): boolean => {
	const root = lastIn(block, 'root')?.args[0];
	if (root === '/var/www/html')
		return (
			names.every(name => name === '_') && (lastIn(block, 'index')?.args ?? []).includes('index.nginx-debian.html')
		);
	const location = block.children?.find(({name, args}) => name === 'location' && args[0] === '/');
	const only = (block.children ?? []).every(({name}) =>
		['listen', 'server_name', 'location', 'error_page'].includes(name),
	);
	return names.join() === 'localhost' && only && lastIn(location, 'root')?.args[0] === 'html';
};
