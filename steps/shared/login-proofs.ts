/** The proofs at the end of a stack: a page answers through the web server, and those who should get in do. */
import {z} from 'zod';
import type {Offers} from '#model/offers.ts';
import type {Edges, Resource} from '#model/resource.ts';
import {httpProof} from '#resources/web-proof/login.ts';

/** `loginPath`, `memberPage`, `memberText`: to spread into the questions of a step. */
export const loginQuestions = (defaults: {readonly path: string}) => ({
	loginPath: z
		.string()
		.regex(/^\/[\x21-\x7e]*$/, {error: 'must be a path on the site, such as /accounts/login/'})
		.default(defaults.path)
		.meta({
			title: 'Path of the login page',
			help: 'Asked for at the end, and the first user logs in there as the proof that all works.',
			from: 'setup',
		}),
	memberPage: z
		.string()
		.regex(/^\/[\x21-\x7e]*$/, {error: 'must be a path on the site'})
		.default('/')
		.meta({title: 'A page that only users see', help: 'Looked at after that login.', from: 'setup'}),
	memberText: z.string().max(200).optional().meta({
		title: 'A text on it that only they see',
		help: 'Default: the name of the first user.',
		example: 'Welcome',
	}),
});

export type ProvenSite = {
	/** Where to connect: http://127.0.0.1:80; with https the site is asked by it. */
	readonly address: string;
	/** The file of the site's own certificate, which is trusted for the proofs. */
	readonly certificate?: string;
	/** Asked as the proxy in front asks: by http, for a visitor of https. */
	readonly proxied?: boolean;
	/** The name that it is asked for. */
	readonly host: string;
	/** What must stand before anything is asked. */
	readonly ready: NonNullable<Edges['needs']>;
	/** Files whose change asks for new logins. */
	readonly watch: readonly string[];
	/** Seconds in which it may become ready; else half a minute. */
	readonly patience?: number;
};

export type ProvenLogin = {
	/** Of the proof; unique in the stack. */
	readonly name: string;
	readonly title: string;
	readonly account: Offers['account'];
	readonly path: string;
	/** Asked for after the login, and a text on it that only this user sees. */
	readonly page: string;
	readonly expect: string;
	readonly needs?: Edges['needs'];
	readonly advice?: string;
};

/** A page that answers; provides `done:proof:http:NAME`, which logins wait for. */
export const pageProof = (
	site: ProvenSite,
	page: {
		readonly name: string;
		readonly title: string;
		readonly path: string;
		readonly expect: string;
		readonly styled?: true;
	},
): Resource =>
	httpProof(
		{
			...askedAt(site),
			name: page.name,
			path: page.path,
			status: 200,
			expect: page.expect,
			...(page.styled && {styled: page.styled}),
		},
		{needs: site.ready, title: page.title},
	);

/** A login, and the same with a wrong password and an unknown user, who must not get in. */
export const loginProof = (site: ProvenSite, login: ProvenLogin): Resource =>
	httpProof(
		{
			...askedAt(site),
			name: login.name,
			path: login.path,
			login: {
				path: login.path,
				user: login.account.name,
				password: login.account.password,
				page: login.page,
				expect: login.expect,
				watch: site.watch,
				...(login.advice !== undefined && {advice: login.advice}),
			},
		},
		{needs: [...site.ready, ...(login.needs ?? [])], title: login.title},
	);

const askedAt = ({address, host, certificate, proxied, patience}: ProvenSite) => ({
	address,
	host,
	...(patience !== undefined && {patience}),
	...(proxied && {proxied}),
	...(certificate !== undefined && {certificate}),
});
