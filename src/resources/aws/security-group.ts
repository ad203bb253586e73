/**
 * A security group of EC2 that lets in what is wanted and nothing else: a rule that somebody opened for an afternoon is shown, and shut again. It is
 * known by its name; what uses it (an instance, a database) is not setup's to change.
 */
import {type AwsAccess, accessFrom, accessKeep, accessRecord, changing, looking} from '#host/aws/aws-access.ts';
import type {GroupNow, GroupRule} from '#host/aws/aws-things.ts';
import {Fault} from '#model/fault.ts';
import type {Json} from '#model/json.ts';
import {type Change, type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {Blocked} from '#model/unknown.ts';
import {withEdges} from '../shared/edges.ts';

/** `from`: a network (`0.0.0.0/0`), or another group by its name. */
export type WantedRule = {readonly port: number; readonly from: string | {readonly group: string}};

export type SecurityGroupSpec = {
	readonly access: AwsAccess;
	readonly name: string;
	/** Seen in AWS's console; cannot be changed once it is made. */
	readonly description: string;
	/** Left out: the default one of the region. */
	readonly vpc?: string | undefined;
	readonly rules: readonly WantedRule[];
};

export type SecurityGroupState = {
	readonly now: GroupNow | undefined;
	/** Ids of the groups that its rules name, as far as they are there. */
	readonly groups: Readonly<Record<string, string>>;
};

/** Needs the groups that it lets in. */
export const securityGroup = (spec: SecurityGroupSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		securityGroupType,
		withEdges(
			{
				id: `security-group:${spec.name}`,
				needs: namedIn(spec).map(name => `done:security-group:${name}` as const),
				provides: [`done:security-group:${spec.name}`],
				locks: [`security-group:${spec.name}`],
				reach: 'remote',
				title: `Security group ${spec.name}`,
			},
			edges,
		),
		spec,
	);

export const securityGroupType: ResourceType<SecurityGroupSpec, SecurityGroupState> = {
	name: 'security-group',
	settle: 10,
	inspect: (spec, host) =>
		looking(host, spec.access, looks, async () => {
			const {groupNow} = await client();
			const {access, vpc} = spec;
			const [now, ...others] = await Promise.all(
				[spec.name, ...namedIn(spec)].map(name => groupNow(access, {name, vpc})),
			).catch((error: unknown) => {
				if ((error as Error).name !== several) throw error;
				throw new Fault(
					'aws.several-groups',
					`several VPCs have a security group ${(error as Error).message}`,
					'Answer which VPC is meant (vpc-…).',
				);
			});
			return {
				now,
				groups: Object.fromEntries(
					namedIn(spec).flatMap((name, at) => (others[at] === undefined ? [] : [[name, others[at].id]])),
				),
			};
		}),
	diff(spec, state) {
		const {now, groups} = state === 'absent' ? {now: undefined, groups: {}} : state;
		const lacks = spec.rules.filter(one => !now?.rules.some(rule => isThe(one, rule, groups)));
		const surplus = (now?.rules ?? []).filter(rule => !spec.rules.some(one => isThe(one, rule, groups)));
		return [
			...(now === undefined
				? [{key: 'group', what: `security group ${spec.name}`, from: null, to: spec.vpc ?? 'in the default VPC'}]
				: []),
			...lacks.map(
				(one): Change => ({
					key: 'open',
					what: `port ${one.port} from ${typeof one.from === 'string' ? one.from : `the group ${one.from.group}`}`,
					from: null,
					to: 'open',
				}),
			),
			...surplus.map((rule): Change => ({key: 'shut', what: saysOf(rule), from: 'open', to: null})),
		];
	},
	holds: ({name}) => [{thing: `security-group:${name}`}],
	undoOf: (spec, {now}) => ({
		can: true,
		record: {
			access: accessRecord(spec.access),
			name: spec.name,
			vpc: spec.vpc ?? null,
			was: now === undefined ? null : now.rules.map(rule => ({...rule})),
		},
		keep: accessKeep(spec.access),
	}),
	async apply(spec, state, _changes, host) {
		const {access, name} = spec;
		await host.act(`security group ${name}`, () =>
			changing(sets, async () => {
				const {changeRules, makeGroup} = await client();
				const id = state.now?.id ?? (await makeGroup(access, spec, spec.description));
				const rules = state.now?.rules ?? [];
				await changeRules(access, id, {
					open: spec.rules
						.filter(one => !rules.some(rule => isThe(one, rule, state.groups)))
						.map(one => ruleOf(one, state.groups)),
					shut: rules.filter(rule => !spec.rules.some(one => isThe(one, rule, state.groups))),
				});
			}),
		);
	},
	async undo(raw, host, {kept}) {
		const {name, vpc, was, ...rest} = raw as unknown as Made;
		const access = accessFrom(rest.access, kept);
		const {changeRules, groupNow, removeGroup} = await client();
		const now = await looking(host, access, looks, () => groupNow(access, {name, vpc: vpc ?? undefined}));
		if (now === undefined) return {outcome: 'already'};
		if (was !== null) {
			const [open, shut] = [without(was, now.rules), without(now.rules, was)];
			if (open.length + shut.length === 0) return {outcome: 'already'};
			await host.act(`security group ${name} as before`, () =>
				changing(sets, () => changeRules(access, now.id, {open, shut})),
			);
			return {outcome: 'undone'};
		}
		let removed = false;
		await host.act(`remove the security group ${name}`, async () => {
			removed = await changing('ec2:DeleteSecurityGroup', () => removeGroup(access, now.id));
		});
		return removed
			? {outcome: 'undone'}
			: {outcome: 'kept', why: `the security group ${name} is in use: give what uses it another one, then remove it`};
	},
};

type Made = {
	readonly access: Json;
	readonly name: string;
	readonly vpc: string | null;
	/** The rules that it had; null: setup made it. */
	readonly was: readonly GroupRule[] | null;
};

const looks = 'ec2:DescribeSecurityGroups';
const sets = 'ec2:CreateSecurityGroup, ec2:AuthorizeSecurityGroupIngress and ec2:RevokeSecurityGroupIngress';
const several = 'SeveralGroupsOfThatName';

const client = () => import('#host/aws/groups.ts');

const namedIn = ({rules}: SecurityGroupSpec): readonly string[] => [
	...new Set(rules.flatMap(({from}) => (typeof from === 'string' ? [] : [from.group]))),
];

const isThe = ({port, from}: WantedRule, rule: GroupRule, groups: SecurityGroupState['groups']): boolean =>
	(rule.protocol === 'tcp' || rule.protocol === '6') &&
	rule.from === port &&
	rule.to === port &&
	rule.source === (typeof from === 'string' ? from : groups[from.group]);

const ruleOf = ({port, from}: WantedRule, groups: SecurityGroupState['groups']): GroupRule => {
	const source = typeof from === 'string' ? from : groups[from.group];
	if (source === undefined)
		throw new Blocked({because: 'until', thing: `done:security-group:${(from as {readonly group: string}).group}`});
	return {protocol: 'tcp', from: port, to: port, source};
};

const without = (rules: readonly GroupRule[], others: readonly GroupRule[]): readonly GroupRule[] =>
	rules.filter(rule => !others.some(other => saysOf(other) === saysOf(rule)));

const saysOf = ({protocol, from, to, source}: GroupRule): string =>
	protocol === '-1'
		? `everything from ${source}`
		: `${protocol === 'tcp' ? '' : `${protocol} `}port ${from === to ? from : `${from} to ${to}`} from ${source}`;
