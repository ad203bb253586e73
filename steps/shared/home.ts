/** The user of an application and the directories that are its own. */
import {absolutePath, unixName} from '#answers/questions/questions.ts';
import type {Resource} from '#model/resource.ts';
import {user} from '#resources/accounts/user.ts';
import {directory} from '#resources/files/directory.ts';

/** `user` and `home`: to spread into the questions of a step. `holds` says what lies in the home. */
export const homeQuestions = (defaults: {readonly user: string; readonly home: string; readonly holds: string}) => ({
	user: unixName().default(defaults.user).meta({
		title: 'User of the application',
		help: 'Made if it is not there; the checkout and the server process are its.',
		from: 'guide',
	}),
	home: absolutePath().default(defaults.home).meta({title: 'Home', help: defaults.holds, from: 'guide'}),
});

/**
 * A system user without a shell, its home, and `data`: directories in it, parents first. Undo keeps what the application put into them. A home that is
 * `shared` with a group of people is root's: they make files in it that belong to the group, and nobody moves away what is another's (sticky).
 */
export const applicationHome = (
	{user: name, home}: {readonly user: string; readonly home: string},
	data: readonly string[],
	shared?: string,
): readonly Resource[] => {
	const own = (path: string): Resource => directory({path, mode: 0o755, owner: `${name}:${name}`}, {holdsData: true});
	return [
		user({name, home, system: true, shell: '/usr/sbin/nologin', ...(shared !== undefined && {groups: [shared]})}),
		shared === undefined
			? own(home)
			: directory({path: home, mode: 0o3775, owner: `root:${shared}`}, {holdsData: true}),
		...data.map(path => own(`${home}/${path}`)),
	];
};
