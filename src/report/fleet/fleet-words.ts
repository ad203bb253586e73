/** What every format says of a fleet: how many hosts are how, what a finding is called, how old the reports are. */
import {type Fleet, type FleetFinding, type FleetHost, type OpenState, openStates} from '#doctor/fleet.ts';

/** '31 of 40 hosts'. */
export const share = ({hosts}: Pick<FleetFinding, 'hosts'>, fleet: Fleet): string =>
	`${hosts.length} of ${hostsText(fleet.hosts.length)}`;

export const hostsText = (count: number): string => `${count} ${count === 1 ? 'host' : 'hosts'}`;

/** `mysql.bind[3306]`; without the item where it is another one on other hosts. */
export const nameOf = ({check, items}: FleetFinding): string => (items.length === 1 ? `${check}[${items[0]}]` : check);

/** Its sentence, and that not all hosts say the same one. */
export const clauseOf = ({says, sentences}: FleetFinding): string =>
	sentences > 1 ? `${says} (or like it: ${sentences} sentences)` : says;

/** How many hosts have which verdict, the worst first. */
export const verdicts = (fleet: Fleet): readonly {readonly state: OpenState | 'ok'; readonly hosts: number}[] =>
	[...openStates, 'ok' as const].map(state => ({
		state,
		hosts: fleet.hosts.filter(({verdict}) => verdict === state).length,
	}));

/** '3 with failures, 12 with warnings, 25 fine, 1 report not read'. */
export const summary = (fleet: Fleet): readonly {readonly state: OpenState | 'ok'; readonly text: string}[] => [
	...verdicts(fleet)
		.filter(({hosts}) => hosts > 0)
		.map(({state, hosts}) => ({state, text: `${hosts} ${verdictWords[state]}`})),
	...(fleet.unread.length === 0
		? []
		: [
				{
					state: 'unknown' as const,
					text: `${fleet.unread.length} ${fleet.unread.length === 1 ? 'report' : 'reports'} not read`,
				},
			]),
];

const verdictWords: Readonly<Record<OpenState | 'ok', string>> = {
	crash: 'with a check that crashed',
	fail: 'with failures',
	warn: 'with warnings',
	unknown: 'where something could not be told',
	ok: 'fine',
};

/** '31 Debian 12, 9 Debian 13'. */
export const releases = ({hosts}: Fleet): string =>
	[...Map.groupBy(hosts, ({release}) => release)]
		.sort(([, a], [, b]) => b.length - a.length)
		.slice(0, 8)
		.map(([release, some]) => `${some.length} ${release}`)
		.join(', ');

/** When it was looked at. */
export const minuteOf = ({at}: Pick<FleetHost, 'at'>): string => at.slice(0, 16).replace('T', ' ');

/** From the oldest report to the newest; empty where there is none. */
export const span = ({hosts}: Fleet): string => {
	const days = hosts.map(minuteOf).sort();
	const [first = '', last = ''] = [days[0], days.at(-1)];
	return first === last ? first : `${first} to ${last}`;
};

/** A check's name that can only be one: it is put into commands. */
export const isCheckName = (check: string): boolean => /^[a-z0-9-]+\.[a-z0-9-]+$/.test(check);
