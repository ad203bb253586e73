/** Where several people put a site's files, one file with another group is one that the others cannot change, or the server cannot read. */
import {type Accounts, accounts} from '#host/system/accounts.ts';
import {rootReads} from '#host/trust/root-reads.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Fact, Stat} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {directory} from '#resources/files/directory.ts';

const path = '/srv/www';

const there: Fact<Stat | undefined> = {id: 'srv-www', read: host => host.stat(path)};

const kinds = defineKinds({
	wrong: {
		state: 'warn',
		example: {off: ['its group is not www-data'] as readonly string[], at: '/srv/www', uid: 0, mode: 0o755},
		says: ({off}) => off.join(', '),
		remedy: ({at}) => ({
			sentence: 'Give it the group and its bits.',
			commands: [
				['chgrp', 'www-data', at],
				['chmod', 'g+ws', at],
			],
		}),
		fix: ({at, uid, mode}) => [directory({path: at, owner: `${uid}:www-data`, mode: mode | 0o2070})],
	},
});

export const check = defineCheck({
	id: 'host.srv-www',
	title: `${path} belongs to the group of the web server`,
	why: 'Those who maintain the site are in the group www-data; with setgid on the directory what each of them makes belongs to that group as well. Without it, the next one cannot write it. A directory that a system account keeps for itself is an application, not a place for people: opened to that group, whoever gets into the web server changes its code.',
	reads: [`${path} and the directories in it: owner, group and mode`, '/etc/group: www-data'],
	severity: 'warn',
	wish: true,
	layers: ['file'],
	source: 'coralnet guide, "Create a /srv/www directory": chgrp www-data, chmod g+w, chmod g+s',
	verify: `stat -c '%A %G' ${path} says drwxrwsr-x www-data.`,
	facts: {accounts, there},
	kinds,
	appliesTo: ({facts}) => facts.there !== undefined || `there is no ${path}`,
	async inspect({host, facts}) {
		const gid = facts.accounts.groups.get('www-data')?.gid;
		if (gid === undefined) throw new Blocked({because: 'unreadable', need: 'there is no group www-data'});
		const names = (await host.list(path)) ?? [];
		const below = await Promise.all(
			names.map(async name => ({at: `${path}/${name}`, stat: await host.stat(`${path}/${name}`)})),
		);
		const all = [
			...(facts.there === undefined ? [] : [{at: path, stat: facts.there}]),
			...below.flatMap(({at, stat}) =>
				stat?.kind === 'directory' && !isApplications(stat, facts.accounts) ? [{at, stat}] : [],
			),
		];
		const off = all.filter(({at, stat}) => at === path || wrong(stat, gid).length > 0);
		// Who opened that to the web server's group would make a way to root.
		const ofRoot = off.some(({at, stat}) => at !== path && stat.uid === 0) ? await host.fact(rootReads) : [];
		return findings(
			off
				.filter(
					({at, stat}) =>
						at === path || stat.uid !== 0 || !ofRoot.some(one => one.path === at || one.path.startsWith(`${at}/`)),
				)
				.map(({at, stat}) => finding(at, stat, gid)),
		);
	},
});

/** Kept by a system account for itself: the code and the data of an application, which the web server has no business to change. */
const isApplications = ({uid, gid}: Stat, {users}: Accounts): boolean =>
	uid > 0 && uid < 1000 && [...users.values()].some(one => one.uid === uid && one.gid === gid);

const wrong = ({gid, mode}: Stat, wanted: number): readonly string[] => [
	...(gid === wanted ? [] : ['its group is not www-data']),
	...((mode & 0o020) === 0 ? ['the group may not write'] : []),
	...((mode & 0o2000) === 0 ? ['new files do not get its group (no setgid)'] : []),
];

const finding = (at: string, stat: Stat, gid: number): FoundOf<typeof kinds> => {
	const off = wrong(stat, gid);
	return {
		item: at,
		...(off.length === 0 ? {is: 'ok'} : {is: 'wrong', data: {off, at, uid: stat.uid, mode: stat.mode}}),
		expected: 'www-data, g+ws',
		layers: {file: {value: `${stat.uid}:${stat.gid} ${stat.mode.toString(8)}`, where: at}},
	};
};
