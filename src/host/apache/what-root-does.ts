/**
 * What root's Apache would do because of a file that somebody else wrote: it reads the file as root before any request, opens the logs and keys that it
 * names, loads code and starts programs for it. What is not known only to say how requests are answered is named; who wants it says so.
 */
import type {SiteDeed} from '../nginx/what-root-does.ts';
import {linesIn, wordsIn} from './logical-lines.ts';

/** Empty for a file that only says how requests are answered. `accepted`: directives that the operator takes on, by name in small letters. */
export const apacheDeeds = (text: string, accepted: readonly string[]): readonly SiteDeed[] =>
	linesIn(text).flatMap(({text: line, number}) => {
		const [, close, section] = /^<(\/?)([A-Za-z]+)\b/.exec(line) ?? [];
		const [first = '', ...args] = section === undefined ? wordsIn(line) : [section];
		const name = first.toLowerCase();
		const why =
			close === '/' && sections.has(name) ? undefined : section === undefined ? deedOf(name, args) : sectionDeed(name);
		return why === undefined || accepted.includes(name) ? [] : [{line: number, directive: name, why}];
	});

const sectionDeed = (name: string): string | undefined =>
	sections.has(name) ? undefined : 'such a section reaches beyond the requests of the site';

const deedOf = (name: string, args: readonly string[]): string | undefined => {
	if (name === 'options')
		return args.some(word => /^\+?(execcgi|includes|all)$/i.test(word))
			? 'Apache would run what lies there'
			: undefined;
	if (name === 'header' || name === 'requestheader' || harmless.has(name)) return undefined;
	return "it is not known what root's Apache would do for it";
};

const sections = new Set([
	...['location', 'locationmatch', 'directory', 'directorymatch', 'files', 'filesmatch', 'proxy', 'proxymatch'],
	...['ifmodule', 'ifversion', 'limit', 'limitexcept', 'requireall', 'requireany', 'requirenone'],
]);

const harmless = new Set([
	...['alias', 'aliasmatch', 'redirect', 'redirectmatch', 'redirectpermanent', 'redirecttemp', 'directoryindex'],
	...['require', 'order', 'allow', 'deny', 'satisfy', 'expiresactive', 'expiresbytype', 'expiresdefault'],
	...['proxypass', 'proxypassmatch', 'proxypassreverse', 'proxypassreversecookiedomain', 'proxypassreversecookiepath'],
	...['proxypreservehost', 'proxyvia', 'proxyset', 'proxytimeout', 'balancermember', 'proxyrequests'],
	...['rewriteengine', 'rewriterule', 'rewritecond', 'rewritebase', 'setenvif', 'setenvifnocase', 'setoutputfilter'],
	...['addoutputfilterbytype', 'adddefaultcharset', 'addtype', 'addcharset', 'defaulttype', 'fileetag', 'timeout'],
	...[
		'limitrequestbody',
		'keepalive',
		'errordocument',
		'servertokens',
		'serversignature',
		'indexignore',
		'indexoptions',
	],
]);
