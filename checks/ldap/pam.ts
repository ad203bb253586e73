/** nsswitch makes them users, PAM lets them in: one without the other is a user who cannot log in. */
import {isInstalled, packages} from '#host/apt/packages.ts';
import {defineCheck} from '#model/check.ts';
import type {Finding} from '#model/finding.ts';
import {pamProfile} from '#resources/accounts/pam-profile.ts';

const parts = ['auth', 'account', 'password', 'session'] as const;

export const check = defineCheck({
	id: 'ldap.pam',
	title: 'PAM asks the directory',
	why: 'The guide installs libpam-ldap so that users of the directory can log in to the host. Its profile has to be in all four of the common files.',
	reads: ['/etc/pam.d/common-auth, common-account, common-password, common-session: pam_ldap.so'],
	severity: 'fail',
	layers: ['file'],
	source: 'ipynbsrv guide, "LDAP" (apt-get install libpam-ldap); pam-auth-update(8)',
	verify: 'grep pam_ldap /etc/pam.d/common-*',
	facts: {packages},
	appliesTo: ({facts, expect}) => {
		if (!['libpam-ldapd', 'libpam-ldap'].some(name => isInstalled(facts.packages.all.get(name))))
			return 'libpam-ldapd is not installed';
		return expect.length === 0 || expect.includes(true) || 'the answers do not want it';
	},
	async inspect({host}) {
		const all = await Promise.all(
			parts.map(async part => {
				const path = `/etc/pam.d/common-${part}`;
				const lines = Buffer.from((await host.read(path)) ?? '')
					.toString('utf8')
					.split('\n');
				const at = lines.findIndex(line => !/^\s*#/.test(line) && /\bpam_ldap\.so\b/.test(line));
				return {part, path, at};
			}),
		);
		const missing = all.filter(({at}) => at < 0).map(({part}) => `common-${part}`);
		const finding: Finding = {
			state: missing.length > 0 ? 'fail' : 'ok',
			...(missing.length > 0 && {says: `pam_ldap is not in ${missing.join(', ')}`}),
			expected: parts.map(part => `common-${part}`),
			layers: {
				file: {value: all.filter(({at}) => at >= 0).map(({part}) => `common-${part}`), where: '/etc/pam.d/common-*'},
			},
		};
		return [finding];
	},
	remedy: () => ({
		sentence: 'Switch the profile on; keep a root shell open meanwhile.',
		commands: [['pam-auth-update', '--package', '--enable', 'ldap']],
	}),
	fix: () => [pamProfile({name: 'ldap', enabled: true})],
});
