/** nsswitch makes them users, PAM lets them in: one without the other is a user who cannot log in. */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {letsInByModule, pamStack} from '#host/pam/stack.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds} from '#model/finding.ts';
import {directoryPeople} from '#resources/accounts/directory-people.ts';

const parts = ['auth', 'account', 'password', 'session'] as const;

const kinds = defineKinds({
	off: {
		state: 'fail',
		example: {missing: ['common-auth'] as readonly string[]},
		says: ({missing}) => `pam_ldap is not in ${missing.join(', ')}`,
		remedy: {
			sentence: 'Switch the profile on; keep a root shell open meanwhile.',
			commands: [['pam-auth-update', '--package', '--enable', 'ldap']],
		},
		fix: () => directoryPeople(),
	},
	localToo: {
		state: 'warn',
		says: 'the directory is asked about accounts of this host as well: whoever writes to it, an application for one, makes an entry with the name of an administrator and a password of its own, and is that administrator here',
		remedy: {
			sentence:
				'Have PAM go past pam_ldap for accounts of /etc/passwd: a line "[success=1 default=ignore] pam_localuser.so" before it, in a profile of your own of pam-auth-update(8). Keep a root shell open meanwhile.',
		},
		fix: () => directoryPeople(),
	},
	inVain: {
		state: 'fail',
		says: 'pam_ldap is in common-auth, and whom it knows is refused all the same: a line before it ends the search, or its own control word does not count',
		remedy: {
			sentence:
				'Look at the control words and the order of /etc/pam.d/common-auth (pam.d(5)); pam-auth-update --force writes it anew, without what was edited by hand. Keep a root shell open meanwhile.',
		},
	},
});

export const check = defineCheck({
	id: 'ldap.pam',
	title: 'PAM asks the directory, about its own people alone',
	why: 'The guide installs libpam-ldap so that users of the directory can log in to the host. Its profile has to be in all four of the common files.',
	reads: [
		'/etc/pam.d/common-auth, common-account, common-password, common-session: pam_ldap.so',
		'the control words and the order of common-auth: what comes of it for somebody whom only the directory knows',
	],
	severity: 'fail',
	layers: ['file'],
	source: 'ipynbsrv guide, "LDAP" (apt-get install libpam-ldap); pam-auth-update(8)',
	verify: 'grep pam_ldap /etc/pam.d/common-*',
	facts: {packages},
	kinds,
	appliesTo: ({facts, expect}) => {
		if (!['libpam-ldapd', 'libpam-ldap'].some(name => isInstalled(facts.packages.all.get(name))))
			return 'libpam-ldapd is not installed';
		return expect.length === 0 || expect.includes(true) || 'the answers do not want it';
	},
	async inspect({host, expect}) {
		const all = await Promise.all(
			parts.map(async part => {
				const path = `/etc/pam.d/common-${part}`;
				const lines = Buffer.from((await host.read(path)) ?? '')
					.toString('utf8')
					.split('\n');
				const at = lines.findIndex(line => !/^[ \t]*#/.test(line) && /\bpam_ldap\.so\b/.test(line));
				return {part, path, at};
			}),
		);
		const missing = all.filter(({at}) => at < 0).map(({part}) => `common-${part}`);
		const sight = {
			expected: parts.map(part => `common-${part}`),
			layers: {
				file: {value: all.filter(({at}) => at >= 0).map(({part}) => `common-${part}`), where: '/etc/pam.d/common-*'},
			},
		};
		if (missing.length > 0) return [{...sight, is: 'off', data: {missing}}];
		const stack = await pamStack(host, 'common-auth', 'auth');
		const reached = letsInByModule(stack, 'pam_ldap');
		if (!reached) return [{...sight, is: 'inVain'}];
		// Elsewhere whoever keeps the directory may be root here by its own right.
		const applications = expect.includes(true);
		return [{...sight, is: applications && letsInByModule(stack, 'pam_ldap', 'local') ? 'localToo' : 'ok'}];
	},
});
