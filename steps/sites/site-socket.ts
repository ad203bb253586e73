/** The socket that a site file reaches its application at. An answer that says otherwise installs green and serves nothing but errors, so it is read from there. */
import {type Directive, directivesOf} from '#edit/nginx/read.ts';
import {Fault} from '#model/fault.ts';

/** The name of the socket in /run/NAME. Pure. `answered` must be one that the site asks. Throws Fault site.socket, edit.parse. */
export const socketOf = (
	site: string | undefined,
	answered: string | undefined,
	name: string,
	answers: {readonly socket: string; readonly edits: string},
): string => {
	const asked = site === undefined ? [] : [...new Set(socketsIn(directivesOf(site)))];
	// The site file is the repository's: what it says becomes a line of an ini of root's.
	const here = asked
		.filter(path => path.startsWith(`/run/${name}/`))
		.map(path => path.slice(`/run/${name}/`.length))
		.filter(one => /^\w[\w.-]*$/.test(one));
	if (answered !== undefined && (site === undefined || here.includes(answered))) return answered;
	const [one, ...more] = here;
	if (answered === undefined && one !== undefined && more.length === 0) return one;
	if (site === undefined) return `${name}.sock`;
	throw new Fault(
		'site.socket',
		asked.length === 0
			? 'the site file passes nothing on to a socket of uwsgi'
			: answered === undefined
				? `the site file passes on to ${asked.join(' and ')}`
				: `the site file passes on to ${asked.join(' and ')}, and ${answers.socket} says /run/${name}/${answered}`,
		`Let uwsgi_pass say unix:/run/${name}/NAME.sock (${answers.edits}), or answer with ${answers.socket} which of several it is.`,
	);
};

const socketsIn = (directives: readonly Directive[]): readonly string[] =>
	directives.flatMap(one => {
		if (one.children !== undefined) return socketsIn(one.children);
		const [, path] = one.name === 'uwsgi_pass' ? (/^unix:([^:]+)/.exec(one.args[0]?.value ?? '') ?? []) : [];
		return path === undefined ? [] : [path.replace(/^\/var\/run\//, '/run/')];
	});
