/** The questions to AWS, by its own clients. Imported only where a host is set up for it: loading them takes longer than all other checks together. */
import {DescribeSecurityGroupsCommand, EC2Client} from '@aws-sdk/client-ec2';
import {DescribeDBInstancesCommand, RDSClient} from '@aws-sdk/client-rds';
import {GetBucketPolicyCommand, GetPublicAccessBlockCommand, ListBucketsCommand, S3Client} from '@aws-sdk/client-s3';
import type {AwsBucket, AwsDatabase} from './aws-things.ts';

type Options = {readonly region: string};

// Without the last word the client only warns when it has waited that long.
const patience = {
	maxAttempts: 1,
	requestHandler: {connectionTimeout: 3000, requestTimeout: 5000, throwOnRequestTimeout: true},
};

/** A store of one's own seldom has a name for each of its buckets. The clients take the endpoint itself from the environment. */
const pathStyle = (): boolean => (process.env['AWS_ENDPOINT_URL_S3'] ?? process.env['AWS_ENDPOINT_URL']) !== undefined;
const most = 50;

/** RDS knows its databases, EC2 their groups. */
export const describeDatabases = async ({region}: Options): Promise<readonly AwsDatabase[]> => {
	const rds = new RDSClient({region, ...patience});
	const ec2 = new EC2Client({region, ...patience});
	try {
		const instances = (await rds.send(new DescribeDBInstancesCommand({}))).DBInstances ?? [];
		const ids = [
			...new Set(
				instances.flatMap(one => (one.VpcSecurityGroups ?? []).flatMap(({VpcSecurityGroupId: id}) => id ?? [])),
			),
		];
		const groups =
			ids.length === 0
				? []
				: ((await ec2.send(new DescribeSecurityGroupsCommand({GroupIds: ids}))).SecurityGroups ?? []);
		return instances.map(one => ({
			id: one.DBInstanceIdentifier ?? '',
			port: one.Endpoint?.Port ?? one.DbInstancePort ?? 5432,
			publiclyAccessible: one.PubliclyAccessible ?? false,
			groups: (one.VpcSecurityGroups ?? []).map(({VpcSecurityGroupId: id = ''}) => ({
				id,
				permissions: groups.find(({GroupId}) => GroupId === id)?.IpPermissions ?? [],
			})),
		}));
	} finally {
		rds.destroy();
		ec2.destroy();
	}
};

export const describeBuckets = async ({region}: Options): Promise<readonly AwsBucket[]> => {
	const s3 = new S3Client({region, followRegionRedirects: true, forcePathStyle: pathStyle(), ...patience});
	try {
		const buckets = ((await s3.send(new ListBucketsCommand({}))).Buckets ?? []).slice(0, most);
		return await Promise.all(
			buckets.map(async ({Name: name = ''}) => {
				const [block, policy] = await Promise.all([
					orNone(
						'NoSuchPublicAccessBlockConfiguration',
						async () => (await s3.send(new GetPublicAccessBlockCommand({Bucket: name}))).PublicAccessBlockConfiguration,
					),
					orNone('NoSuchBucketPolicy', async () => (await s3.send(new GetBucketPolicyCommand({Bucket: name}))).Policy),
				]);
				return {name, block, policy};
			}),
		);
	} finally {
		s3.destroy();
	}
};

/** From the instance itself, by the second version of its metadata service; undefined where that does not answer. */
export const regionOfInstance = async (): Promise<string | undefined> => {
	const base = 'http://169.254.169.254/latest';
	const ask = (path: string, init: RequestInit): Promise<Response> =>
		fetch(base + path, {...init, signal: AbortSignal.timeout(1500)});
	try {
		const token = await (
			await ask('/api/token', {method: 'PUT', headers: {'X-aws-ec2-metadata-token-ttl-seconds': '60'}})
		).text();
		const answer = await ask('/meta-data/placement/region', {headers: {'X-aws-ec2-metadata-token': token}});
		return answer.ok ? (await answer.text()).trim() : undefined;
	} catch {
		return undefined;
	}
};

const orNone = async <T>(name: string, ask: () => Promise<T | undefined>): Promise<T | undefined> => {
	try {
		return await ask();
	} catch (error) {
		if ((error as Error).name === name) return undefined;
		throw error;
	}
};
