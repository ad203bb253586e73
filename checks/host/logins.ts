/** Who may come in without proving who they are: an account with an empty password, a second root, a line of PAM that says yes to everybody. */
import {textOf} from '#host/files/text-of.ts';
import {type Limit, refusingLimits} from '#host/pam/limits.ts';
import {letsAnybodyIn, letsProvenIn, type PamLine, pamStack} from '#host/pam/stack.ts';
import {see} from '#host/see.ts';
import {accounts} from '#host/system/accounts.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import type {Reader} from '#model/host.ts';

/** `*` and `%` are all but root. */
const limitSays = ({domain, item, value, where}: Limit): string => {
	const all = domain === '*' || domain === '%';
	const at = `(${item} ${value}, ${where})`;
	if (/logins$/.test(item)) return all ? `nobody but root may log in ${at}` : `${domain} may not log in ${at}`;
	return `no shell of ${all ? 'anybody but root' : domain} works ${at}`;
};

const kinds = defineKinds({
	noPassword: {
		state: 'fail',
		example: {name: 'deploy'},
		says: ({name}) => `${name} has an empty password: whoever knows the name may log in as it`,
		remedy: ({name}) => ({
			sentence: `Set a password (passwd ${name}), or lock it where it only uses keys or is a service's.`,
			commands: [['passwd', '-l', name]],
		}),
	},
	otherRoot: {
		state: 'fail',
		example: {name: 'toor'},
		says: ({name}) => `${name} has the number 0: it is root by another name`,
		remedy: ({name}) => ({
			sentence: `Give ${name} a number of its own and sudo for what it needs, or delete it, after looking at what made it.`,
		}),
	},
	refused: {
		state: 'fail',
		example: {service: 'sshd', type: 'account' as 'auth' | 'account'},
		says: ({service, type}) => `PAM refuses everybody at ${service}, whatever they prove (${type})`,
		remedy: ({service, type}) => ({
			sentence: `Look for pam_deny in the ${type} lines of /etc/pam.d/${service} and of what it includes; pam-auth-update --force writes the common files anew. Keep a root shell open meanwhile.`,
		}),
	},
	limited: {
		state: 'fail',
		example: {domain: '*', item: 'maxlogins', value: '0', where: '/etc/security/limits.conf:57'} as Limit,
		says: limitSays,
		remedy: ({where}) => ({
			sentence: `Correct the line (${where}); it counts from the next login on. Keep a root shell open meanwhile.`,
		}),
	},
	closed: {
		state: 'warn',
		example: {path: '/etc/nologin'},
		says: ({path}) => `${path} is there: nobody but root may log in`,
		remedy: ({path}) => ({
			sentence: `Take it away once what it was put there for is over (its text is what people see): rm ${path}.`,
			commands: [['rm', path]],
		}),
	},
	open: {
		state: 'fail',
		example: {service: 'sshd', where: '/etc/pam.d/common-auth:17'},
		says: ({service, where}) => `PAM lets everybody in to ${service}, whatever they type (${where})`,
		remedy: ({where}) => ({
			sentence: `Take the line out (${where}), or put it behind those that ask; keep a root shell open meanwhile. pam-auth-update --force writes the common files anew.`,
		}),
	},
});

/** systemd's own, /run/nologin, is there at every boot and shutdown. */
const nologin = '/etc/nologin';

/** The ways in of a server; others include the common files as these do. */
const services = ['login', 'sshd', 'su', 'sudo'] as const;

export const check = defineCheck({
	id: 'host.logins',
	title: 'Who proves who they are comes in, and nobody else',
	why: 'An account with an empty password, a second account with the number 0, or one line of PAM that says yes before the others are asked opens the host to everybody, and nothing else looks wrong.',
	reads: [
		'/etc/shadow: whether a password is empty, never its hash',
		'/etc/passwd: accounts with the number 0',
		'/etc/nologin',
		'/etc/security/limits.conf, limits.d: where pam_limits is asked, maxlogins of 0, nproc and nofile that no shell can work with',
		`/etc/pam.d/${services.join(', ')} and what they include: what comes of it for somebody whom no module knows`,
	],
	severity: 'fail',
	layers: ['file'],
	source: 'shadow(5); pam.d(5), control values',
	verify: "awk -F: '$2==\"\"' /etc/shadow; awk -F: '$3==0' /etc/passwd; cat /etc/pam.d/common-auth",
	facts: {accounts},
	kinds,
	async inspect({host, facts}) {
		const stacks = await Promise.all(
			services.map(async service => ({service, lines: await pamStack(host, service, 'auth')})),
		);
		const refused = (
			await Promise.all(
				services.map(async service => ({
					service,
					auth: stacks.find(one => one.service === service)?.lines ?? [],
					account: await pamStack(host, service, 'account'),
				})),
			)
		).flatMap(({service, ...both}) =>
			(['auth', 'account'] as const)
				.filter(type => both[type].length > 0 && !letsProvenIn(both[type]))
				.map(type => ({service, type})),
		);
		let empty: readonly string[] = [];
		const file = await see(async () => {
			empty = stacks.some(({lines}) => takesEmpty(lines)) ? await emptyPasswords(host) : [];
			return {value: empty, where: '/etc/shadow'};
		});
		const roots = [...facts.accounts.users.values()].filter(({uid, name}) => uid === 0 && name !== 'root');
		const closed = (await host.stat(nologin)) !== undefined;
		const limits = await refusingLimits(host);
		const doors = stacks.map(({service, lines}) => ({service, line: letsAnybodyIn(lines, service)}));
		return findings<FoundOf<typeof kinds>>(
			[
				...empty.map(name => ({
					item: name,
					is: 'noPassword' as const,
					data: {name},
					expected: 'a password, or locked',
					layers: {file: {value: 'empty', where: `/etc/shadow: ${name}`}},
				})),
				...roots.map(({name}) => ({
					item: name,
					is: 'otherRoot' as const,
					data: {name},
					expected: 'only root',
					layers: {file: {value: 0, where: `/etc/passwd: ${name}`}},
				})),
				...refused.map(data => ({
					item: `${data.service} ${data.type}`,
					is: 'refused' as const,
					data,
					expected: 'lets in who proves it',
					layers: {file: {value: 'refuses', where: `/etc/pam.d/${data.service}`}},
				})),
				...limits.map(data => ({
					item: `${data.domain} ${data.item}`,
					is: 'limited' as const,
					data,
					expected: 'lets people work',
					layers: {file: {value: data.value, where: data.where}},
				})),
				...(closed
					? [
							{
								item: nologin,
								is: 'closed' as const,
								data: {path: nologin},
								expected: 'not there',
								layers: {file: {value: 'there', where: nologin}},
							},
						]
					: []),
				...doors.flatMap(({service, line}) =>
					line === undefined
						? []
						: [
								{
									item: service,
									is: 'open' as const,
									data: {service, where: line.where},
									expected: 'asks',
									layers: {file: {value: line.module, where: line.where}},
								},
							],
				),
			],
			{is: 'ok', expected: [], layers: {file}},
		);
	},
});

/** With `nullok`, which is Debian's own, an empty field is a password that everybody knows. */
const takesEmpty = (lines: readonly PamLine[]): boolean =>
	lines.some(
		({module, args, sub}) =>
			(module === 'pam_unix' && args.some(word => /^nullok/.test(word))) || (sub !== undefined && takesEmpty(sub)),
	);

const emptyPasswords = async (host: Reader): Promise<readonly string[]> =>
	((await textOf(host, '/etc/shadow')) ?? '').split('\n').flatMap(line => {
		const [name = '', password] = line.split(':');
		return name !== '' && password === '' ? [name] : [];
	});
