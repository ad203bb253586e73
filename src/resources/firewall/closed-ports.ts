/** Ports that a program opens to everybody and that are for this host alone, closed by a table of nftables of our own: nobody else's rules are touched, Docker's least of all. */
import type {Reader} from '#model/host.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {file} from '../files/file.ts';
import {withEdges} from '../shared/edges.ts';
import {unit, unitFile} from '../units/unit.ts';

export type ClosedPortsSpec = {
	/** Of the table, the unit and the file. */
	readonly name: string;
	/** TCP. */
	readonly ports: readonly number[];
};
export type ClosedPortsState = {readonly closed: readonly number[]};

/** The rules, a unit that loads them at every boot, and a look into the kernel. Needs the package nftables; provides `done:closed-ports:NAME`. */
export const closedPorts = (spec: ClosedPortsSpec, edges: Partial<Edges> = {}): readonly Resource[] => {
	const {name} = spec;
	const rules = `/etc/${name}.nft`;
	const service = serviceOf(name);
	return [
		file({path: rules, text: rulesFor(spec), mode: 0o644, owner: 'root:root'}),
		unitFile({name: service, text: unitText(name, rules)}),
		unit(
			{name: service, enabled: true, running: true, files: [rules]},
			{needs: ['package:nftables', `path:${rules}`, `path:/etc/systemd/system/${service}`]},
		),
		resource(
			closedPortsType,
			withEdges(
				{
					id: `closed-ports:${name}`,
					needs: [`unit:${service}`],
					provides: [`done:closed-ports:${name}`],
					locks: ['systemd'],
					title: `ports ${spec.ports.join(', ')} are closed to others`,
				},
				edges,
			),
			spec,
		),
	];
};

export const closedPortsType: ResourceType<ClosedPortsSpec, ClosedPortsState> = {
	name: 'closed-ports',
	async inspect({name, ports}, host) {
		if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'the rules of the running kernel'});
		const rules = await rulesNow(name, host);
		return {closed: ports.filter(port => rules.includes(`tcp dport ${port} drop`))};
	},
	diff({ports}, state) {
		const open = state === 'absent' ? ports : ports.filter(port => !state.closed.includes(port));
		return open.map(port => ({
			item: String(port),
			what: `port ${port}`,
			from: 'open to everybody',
			to: 'this host only',
		}));
	},
	// The unit takes its table away when it stops.
	undoOf: () => ({can: true, record: null}),
	apply: ({name}, _state, _changes, host) => host.serve('restart', serviceOf(name)),
	undo: async () => ({outcome: 'already'}),
};

const serviceOf = (name: string): string => `${name}-ports.service`;

const rulesNow = async (name: string, host: Reader): Promise<string> => {
	const {code, stdout} = await host.probe(['nft', '-n', 'list', 'table', 'inet', tableOf(name)]);
	return code === 0 ? stdout : '';
};

/** Of nftables, which wants no hyphen. */
export const tableOf = (name: string): string => name.replaceAll('-', '_');

const rulesFor = ({name, ports}: ClosedPortsSpec): string => `# Written by setup.
table inet ${tableOf(name)}
delete table inet ${tableOf(name)}
table inet ${tableOf(name)} {
	chain input {
		type filter hook input priority filter - 10; policy accept;
		iifname "lo" accept
${ports.map(port => `		tcp dport ${port} drop\n`).join('')}	}
}
`;

const unitText = (name: string, rules: string): string => `[Unit]
Description=ports of ${name} closed to others
After=nftables.service
PartOf=nftables.service
Before=apache2.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft -f ${rules}
ExecStop=-/usr/sbin/nft delete table inet ${tableOf(name)}

[Install]
WantedBy=multi-user.target
`;
