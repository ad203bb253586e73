/** Security groups, by EC2's own client: one that is named, its rules for what comes in, and the acts that change them. */
import {
	AuthorizeSecurityGroupIngressCommand,
	CreateSecurityGroupCommand,
	DeleteSecurityGroupCommand,
	DescribeSecurityGroupsCommand,
	EC2Client,
	type IpPermission,
	RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import {type AwsAccess, clientOptions, orNone} from './aws-access.ts';
import type {GroupNow, GroupRule} from './aws-things.ts';

export type GroupPlace = {readonly name: string; readonly vpc?: string | undefined};

/** Where no VPC is named, the one of that name; undefined where there is none. Throws where several have that name. */
export const groupNow = (access: AwsAccess, {name, vpc}: GroupPlace): Promise<GroupNow | undefined> =>
	withEc2(access, async ec2 => {
		const {SecurityGroups: found = []} = await ec2.send(
			new DescribeSecurityGroupsCommand({
				Filters: [
					{Name: 'group-name', Values: [name]},
					...(vpc === undefined ? [] : [{Name: 'vpc-id', Values: [vpc]}]),
				],
			}),
		);
		if (found.length > 1) throw Object.assign(new Error(name), {name: 'SeveralGroupsOfThatName'});
		const [one] = found;
		return one === undefined ? undefined : {id: one.GroupId ?? '', rules: (one.IpPermissions ?? []).flatMap(rulesOf)};
	});

/** Its id. It lets nothing in. */
export const makeGroup = (access: AwsAccess, {name, vpc}: GroupPlace, description: string): Promise<string> =>
	withEc2(access, async ec2 => {
		const made = await ec2.send(
			new CreateSecurityGroupCommand({
				GroupName: name,
				Description: description,
				...(vpc !== undefined && {VpcId: vpc}),
			}),
		);
		return made.GroupId ?? '';
	});

/** Opens, then shuts. A rule that is there, or gone, already is no fault. */
export const changeRules = (
	access: AwsAccess,
	id: string,
	{open, shut}: {readonly open: readonly GroupRule[]; readonly shut: readonly GroupRule[]},
): Promise<void> =>
	withEc2(access, async ec2 => {
		for (const one of open)
			await orNone(/^InvalidPermission\.Duplicate$/, () =>
				ec2.send(new AuthorizeSecurityGroupIngressCommand({GroupId: id, IpPermissions: [permissionOf(one)]})),
			);
		for (const one of shut)
			await orNone(/^InvalidPermission\.NotFound$/, () =>
				ec2.send(new RevokeSecurityGroupIngressCommand({GroupId: id, IpPermissions: [permissionOf(one)]})),
			);
	});

/** False where an instance, a database or another group still uses it. */
export const removeGroup = (access: AwsAccess, id: string): Promise<boolean> =>
	withEc2(
		access,
		async ec2 =>
			(await orNone(/^(DependencyViolation|InvalidGroup\.InUse)$/, async () => {
				await ec2.send(new DeleteSecurityGroupCommand({GroupId: id}));
				return true;
			})) ?? false,
	);

const rulesOf = ({
	IpProtocol: protocol = '-1',
	FromPort: from = 0,
	ToPort: to = 65_535,
	IpRanges: four = [],
	Ipv6Ranges: six = [],
	PrefixListIds: lists = [],
	UserIdGroupPairs: groups = [],
}: IpPermission): readonly GroupRule[] =>
	[
		...four.map(one => one.CidrIp),
		...six.map(one => one.CidrIpv6),
		...lists.map(one => one.PrefixListId),
		...groups.map(one => one.GroupId),
	].flatMap(source => (source === undefined ? [] : [{protocol, from, to, source}]));

const permissionOf = ({protocol, from, to, source}: GroupRule): IpPermission => ({
	IpProtocol: protocol,
	// Every protocol has no ports.
	...(protocol !== '-1' && {FromPort: from, ToPort: to}),
	...(source.startsWith('sg-')
		? {UserIdGroupPairs: [{GroupId: source}]}
		: source.startsWith('pl-')
			? {PrefixListIds: [{PrefixListId: source}]}
			: source.includes(':')
				? {Ipv6Ranges: [{CidrIpv6: source}]}
				: {IpRanges: [{CidrIp: source}]}),
});

const withEc2 = async <T>(access: AwsAccess, use: (ec2: EC2Client) => Promise<T>): Promise<T> => {
	const ec2 = new EC2Client(clientOptions(access));
	try {
		return await use(ec2);
	} finally {
		ec2.destroy();
	}
};
