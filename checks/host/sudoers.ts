/** One wrong line in sudoers takes sudo from everybody; one too generous gives root to whoever gets that account. */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {withoutPassword} from '#host/system/sudoers.ts';
import {runTest} from '#host/trust/test-command.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';

const main = '/etc/sudoers';
const folder = '/etc/sudoers.d';

const kinds = defineKinds({
	syntax: {
		state: 'fail',
		example: {says: '/etc/sudoers.d/mine:1: syntax error'},
		says: ({says}) => says,
		remedy: {
			sentence:
				'Mend the line with visudo -f FILE, which refuses what is wrong; owner and mode must be root:root 0440. Keep a root shell open meanwhile.',
		},
	},
	loose: {
		state: 'fail',
		example: {says: '/etc/sudoers.d/mine: bad permissions, should be mode 0440', path: '/etc/sudoers.d/mine'},
		says: ({says}) => says,
		remedy: ({path}) => ({
			sentence: 'Give it the owner and mode that sudo insists on.',
			commands: [
				['chown', 'root:root', path],
				['chmod', '0440', path],
			],
		}),
	},
	noPassword: {
		state: 'warn',
		example: {who: '%admin'},
		says: ({who}) => `${who.startsWith('%') ? `the group ${who.slice(1)}` : who} may do everything without a password`,
		remedy: ({who}) => ({
			sentence: `Take NOPASSWD from ${who}, or name the commands it needs; where only keys log in (host.sshd) and it is meant, waive it.`,
		}),
	},
});

export const check = defineCheck({
	id: 'host.sudoers',
	title: 'sudoers is valid, and who needs no password is known',
	why: 'After a mistake in sudoers nobody becomes root any more. Who may do everything without a password is root for whoever steals a session; the coralnet guide asks for it, where only keys log in.',
	reads: [
		`visudo -c: syntax, owner and mode of ${main} and ${folder}`,
		`${main} and every file it includes: rules, aliases, tags, Defaults authenticate`,
	],
	severity: 'fail',
	layers: ['file'],
	source: 'coralnet guide, "Create a user": NOPASSWD in sudoers.d; sudoers(5), visudo(8)',
	verify: 'visudo -c says "parsed OK" for every file; sudo -l -U USER.',
	facts: {packages},
	kinds,
	appliesTo: ({facts}) => isInstalled(facts.packages.all.get('sudo')) || 'sudo is not installed',
	async inspect({host}) {
		const open = await withoutPassword(host);
		const ran = await runTest(host, ['visudo', '-c']);
		const complaints = `${ran.stdout}\n${ran.stderr}`
			.split('\n')
			.filter(line => line.trim() !== '' && !/parsed OK$/.test(line));
		const syntax: Found =
			ran.code === 0
				? {item: 'syntax', is: 'ok', expected: 'parsed OK', layers: {file: {value: 'parsed OK', where: 'visudo -c'}}}
				: {
						item: 'syntax',
						...wrongBy(complaints),
						expected: 'parsed OK',
						layers: {file: {value: complaints.slice(0, 5), where: placeOf(complaints) ?? 'visudo -c'}},
					};
		return findings([syntax, ...open.map(({who, rule, where}) => nopasswd(who, rule, where))]);
	},
});

type Found = FoundOf<typeof kinds>;

const wrongBy = (complaints: readonly string[]) => {
	const [says = 'visudo -c rejects it'] = complaints;
	const path = /^(\/\S+): (?:bad permissions|wrong owner)/.exec(says)?.[1];
	return path === undefined ? ({is: 'syntax', data: {says}} as const) : ({is: 'loose', data: {says, path}} as const);
};

const nopasswd = (who: string, rule: string, where: string): Found => ({
	item: who,
	is: 'noPassword',
	data: {who},
	expected: 'a password, or named commands',
	layers: {file: {value: rule, where}},
});

/** `/etc/sudoers.d/x:3:20: syntax error`, `/etc/sudoers.d/x: bad permissions`. */
const placeOf = (complaints: readonly string[]): string | undefined => {
	const [, path, line] =
		complaints.map(one => /^(\/[^\s:]+):(?:(\d+):)?/.exec(one)).find(match => match !== null) ?? [];
	return path === undefined ? undefined : `${path}${line === undefined ? '' : `:${line}`}`;
};
