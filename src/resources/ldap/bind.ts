/** The proof that an account of a directory is usable: a bind with its password. Nothing is changed by it. */
import {setTimeout as pause} from 'node:timers/promises';
import {bindWorks, type LdapServer, ldapName} from '#host/ldap/client.ts';
import {Fault} from '#model/fault.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import type {Text} from '#model/secret.ts';
import {Blocked} from '#model/unknown.ts';
import {withEdges} from '../shared/edges.ts';

export type LdapBindSpec = {readonly server: LdapServer; readonly dn: string; readonly password: Text};
type State = {readonly works: true} | {readonly works: false; readonly why: string};

/** The account binds with its password. */
export const ldapBind = (spec: LdapBindSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		ldapBindType,
		withEdges(
			{id: `ldap-bind:${spec.dn}`, provides: [`done:ldap-bind:${spec.dn}`], title: `${spec.dn} logs in`},
			edges,
		),
		spec,
	);

export const ldapBindType: ResourceType<LdapBindSpec, State> = {
	name: 'ldap-bind',
	async inspect({server, dn, password}, host) {
		if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'a login needs the running directory'});
		const answer = await bindWorks(server, dn, password);
		return answer.ok ? {works: true} : {works: false, why: answer.why};
	},
	diff: ({server, dn}, state) =>
		state !== 'absent' && state.works
			? []
			: [{what: `login of ${dn} to ${ldapName(server)}`, from: state === 'absent' ? null : state.why, to: 'works'}],
	undoOf: () => ({can: true, record: null}),
	async apply({server, dn, password}) {
		const deadline = performance.now() + 15_000;
		for (;;) {
			const answer = await bindWorks(server, dn, password);
			if (answer.ok) return;
			if (performance.now() > deadline)
				throw new Fault(
					'ldap.login',
					`${dn} cannot log in to ${ldapName(server)}: ${answer.why}`,
					'See its userPassword, and whether the access rules let anonymous authenticate with it.',
				);
			await pause(500);
		}
	},
	undo: async () => ({outcome: 'already'}),
};
