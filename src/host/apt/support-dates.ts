/** Until when releases and database servers get security fixes, as their makers announced. Whoever renews the dates names the source beside them. */

export type Ends = {readonly ends: number; readonly by: string};

/**
 * Of the release itself: the day on which updates for everybody end; `full` is when only the long-term team goes on. Debian: security team, then LTS
 * (wiki.debian.org/LTS); Ubuntu: standard support (ubuntu.com/about/release-cycle).
 */
export const releaseSupport: Readonly<Record<string, {readonly until: string; readonly full?: string}>> = {
	bullseye: {until: '2026-08-31', full: '2024-08-14'},
	bookworm: {until: '2028-06-30', full: '2026-07-11'},
	trixie: {until: '2030-06-30', full: '2028-08-09'},
	focal: {until: '2025-05-31'},
	jammy: {until: '2027-06-01'},
	noble: {until: '2029-05-31'},
};

/** What a release brings by itself gets its fixes from the distribution for as long as the release lives. */
const brought: Readonly<Record<string, Readonly<Record<Product, readonly string[]>>>> = {
	bullseye: {mariadb: ['10.5'], mysql: [], postgresql: ['13']},
	bookworm: {mariadb: ['10.11'], mysql: [], postgresql: ['15']},
	trixie: {mariadb: ['11.8'], mysql: [], postgresql: ['17']},
	jammy: {mariadb: ['10.6'], mysql: ['8.0'], postgresql: ['14']},
	noble: {mariadb: ['10.11'], mysql: ['8.0'], postgresql: ['16']},
};

export type Product = 'mariadb' | 'mysql' | 'postgresql';

/** mariadb.org/about/#maintenance-policy; mysql.com/support/eol-notice.html; postgresql.org/support/versioning. */
const upstream: Readonly<Record<Product, Readonly<Record<string, string>>>> = {
	mariadb: {
		'10.2': '2022-05-23',
		'10.3': '2023-05-25',
		'10.4': '2024-06-18',
		'10.5': '2025-06-24',
		'10.6': '2026-07-06',
		'10.11': '2028-02-16',
		'11.4': '2029-05-29',
		'11.8': '2028-06-04',
	},
	mysql: {'5.7': '2023-10-31', '8.0': '2026-04-30', '8.4': '2032-04-30'},
	postgresql: {
		'9.6': '2021-11-11',
		'10': '2022-11-10',
		'11': '2023-11-09',
		'12': '2024-11-21',
		'13': '2025-11-13',
		'14': '2026-11-12',
		'15': '2027-11-11',
		'16': '2028-11-09',
		'17': '2029-11-08',
		'18': '2030-11-14',
	},
};

/** When fixes for a series end, and who gives them; undefined for one that is not in the tables. */
export const supportOf = (product: Product, series: string, codename: string): Ends | undefined => {
	const release = releaseSupport[codename];
	if (release !== undefined && brought[codename]?.[product].includes(series))
		return {ends: Date.parse(release.until), by: codename};
	const own = upstream[product][series];
	return own === undefined ? undefined : {ends: Date.parse(own), by: 'its makers'};
};
