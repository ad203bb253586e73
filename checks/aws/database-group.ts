/** A database in the cloud has one wall, its security group, and a rule that was opened for an afternoon stays. */

import type {AwsDatabase, IpPermission} from '#host/aws/aws-things.ts';
import {awsDatabases, awsPlace} from '#host/aws/now.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';

/** `rules`: those that are too wide, each with its group. */
type Wide = {readonly database: string; readonly port: number; readonly rules: string};

const example: Wide = {database: 'app', port: 5432, rules: '0.0.0.0/0 (sg-1)'};

const narrow = ({database}: Wide) => ({
	sentence: `Take these rules out of the security group of ${database}, and let in the group of the web server (its sg-…) and single addresses instead; set Publicly Accessible to No where nobody outside of the VPC needs it.`,
});

const kinds = defineKinds({
	world: {state: 'fail', example, says: ({port, rules}) => `port ${port} is open to ${rules}`, remedy: narrow},
	worldInside: {
		state: 'warn',
		example,
		says: ({port, rules}) =>
			`port ${port} is open to ${rules}; only that it is not publicly accessible keeps the world out`,
		remedy: narrow,
	},
	wide: {
		state: 'warn',
		example,
		says: ({port, rules}) => `port ${port} is open to the large network ${rules}`,
		remedy: narrow,
	},
});

type Found = FoundOf<typeof kinds>;

export const check = defineCheck({
	id: 'aws.database-group',
	title: "The database's security group is not open to the world",
	why: 'The guide makes the database publicly accessible, for the machine of whoever sets it up: its security group is then all that stands before it. Only the security group of the web server and single addresses belong into it.',
	reads: [
		'rds:DescribeDBInstances: every database in the region',
		'ec2:DescribeSecurityGroups: what each of its groups lets in',
	],
	severity: 'fail',
	layers: ['runtime'],
	source:
		'CoralNet guide, "RDS instance" and "EC2 Linux instance"; Amazon RDS User Guide, "Controlling access with security groups"',
	verify: 'aws ec2 describe-security-groups --group-ids GROUP --query "SecurityGroups[].IpPermissions"',
	deadline: 15_000,
	facts: {place: awsPlace, databases: awsDatabases},
	kinds,
	appliesTo: ({facts}) => facts.place !== 'absent' || noAws,
	inspect: async ({facts}) => databaseFindings(facts.databases),
});

export const noAws = 'nothing of AWS is set up here (no AWS_REGION, no ~/.aws, no EC2 instance)';

/** One for each database. Without any there is nothing to be open. */
export const databaseFindings = (databases: readonly AwsDatabase[]): readonly [Found, ...Found[]] =>
	findings(databases.map(findingOf), {
		is: 'ok',
		says: 'there is no database of RDS in this region',
		expected,
		layers: {runtime: {value: [], where: 'rds:DescribeDBInstances'}},
	});

const expected = 'single addresses and security groups';

const findingOf = ({id, port, publiclyAccessible, groups}: AwsDatabase): Found => {
	const rules = groups.flatMap(group =>
		group.permissions
			.filter(one => isFor(one, port))
			.flatMap(rangesOf)
			.map(range => ({range, group: group.id})),
	);
	const wide = rules.filter(({range}) => width(range) !== 'narrow');
	const world = wide.filter(({range}) => width(range) === 'world');
	const shown = (all: typeof rules): string => all.map(({range, group}) => `${range} (${group})`).join(', ');
	const sight = {
		item: id,
		expected,
		layers: {
			runtime: {
				value: rules.map(({range}) => range),
				where: `ec2:DescribeSecurityGroups ${groups.map(group => group.id).join(', ')}`,
			},
		},
	};
	if (world.length > 0)
		return {
			...sight,
			is: publiclyAccessible ? 'world' : 'worldInside',
			data: {database: id, port, rules: shown(world)},
		};
	return wide.length > 0
		? {...sight, is: 'wide', data: {database: id, port, rules: shown(wide)}}
		: {...sight, is: 'ok'};
};

/** `-1` is every protocol, and has no ports. */
const isFor = ({IpProtocol: protocol, FromPort: from, ToPort: to}: IpPermission, port: number): boolean =>
	protocol === '-1' || ((protocol === 'tcp' || protocol === '6') && (from ?? 0) <= port && port <= (to ?? 65_535));

const rangesOf = ({IpRanges: four = [], Ipv6Ranges: six = []}: IpPermission): readonly string[] => [
	...(four ?? []).flatMap(({CidrIp}) => CidrIp ?? []),
	...(six ?? []).flatMap(({CidrIpv6}) => CidrIpv6 ?? []),
];

/** Private networks are those of the VPC and its neighbours. */
const width = (range: string): 'world' | 'wide' | 'narrow' => {
	const [address = '', bits = ''] = range.split('/');
	const six = address.includes(':');
	if (
		/^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd][0-9a-f]{2}:)/i.test(
			address,
		) &&
		Number(bits) >= 8
	)
		return 'narrow';
	if (Number(bits) <= (six ? 16 : 8)) return 'world';
	return Number(bits) < (six ? 48 : 24) ? 'wide' : 'narrow';
};
