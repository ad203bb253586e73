/** What AWS tells of databases and buckets, in its own words. */
/** One rule for what comes in, as EC2 describes it. */
export type IpPermission = {
	readonly IpProtocol?: string | undefined;
	readonly FromPort?: number | undefined;
	readonly ToPort?: number | undefined;
	readonly IpRanges?: readonly {readonly CidrIp?: string | undefined}[] | undefined;
	readonly Ipv6Ranges?: readonly {readonly CidrIpv6?: string | undefined}[] | undefined;
};

export type AwsDatabase = {
	readonly id: string;
	readonly port: number;
	readonly publiclyAccessible: boolean;
	readonly groups: readonly {readonly id: string; readonly permissions: readonly IpPermission[]}[];
};

export type PublicAccessBlock = Readonly<
	Partial<
		Record<'BlockPublicAcls' | 'IgnorePublicAcls' | 'BlockPublicPolicy' | 'RestrictPublicBuckets', boolean | undefined>
	>
>;

export type AwsBucket = {
	readonly name: string;
	/** undefined: it has none. */
	readonly block: PublicAccessBlock | undefined;
	/** JSON; undefined: it has none. */
	readonly policy: string | undefined;
};

/** What is set on a bucket; null: nothing. 'unsupported' by a store that is not AWS's. */
export type BucketSettings = {
	readonly ownership: string | null;
	readonly block: PublicAccessBlock | null | 'unsupported';
	readonly cors: readonly Readonly<Record<string, unknown>>[] | 'unsupported';
	/** JSON, as it was written. */
	readonly policy: string | null;
};

export type BucketNow = BucketSettings | 'absent' | 'foreign';

/** One port, or a range of them, and whom it is open to: a network, or the id of a group. */
export type GroupRule = {
	readonly protocol: string;
	readonly from: number;
	readonly to: number;
	readonly source: string;
};

export type GroupNow = {readonly id: string; readonly rules: readonly GroupRule[]};

export type UserNow = {
	/** JSON of each policy of its own, by name. */
	readonly policies: Readonly<Record<string, string>>;
	/** Policies and groups that give it more. */
	readonly more: readonly string[];
	/** Ids of its access keys. */
	readonly keys: readonly string[];
};
