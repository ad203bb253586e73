// packages: python3-venv
// wheels: moto[s3]==5.2.5 flask==3.1.2 flask-cors==6.0.1 docker==7.1.0
/** What setup makes in AWS, against moto: a server of AWS's interfaces that keeps what it is told, and judges no policy. */
import {type ChildProcess, spawn} from 'node:child_process';
import {
	AuthorizeSecurityGroupIngressCommand,
	CreateSecurityGroupCommand,
	DescribeSecurityGroupsCommand,
	EC2Client,
	RevokeSecurityGroupIngressCommand,
} from '@aws-sdk/client-ec2';
import {
	CreateAccessKeyCommand,
	CreateUserCommand,
	IAMClient,
	ListAccessKeysCommand,
	ListUserPoliciesCommand,
	ListUsersCommand,
	PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import {
	CreateBucketCommand,
	DeleteBucketPolicyCommand,
	GetBucketCorsCommand,
	GetBucketPolicyCommand,
	ListBucketsCommand,
	PutBucketPolicyCommand,
	PutObjectCommand,
	PutPublicAccessBlockCommand,
	S3Client,
} from '@aws-sdk/client-s3';
import {afterAll, beforeAll, describe, expect, it} from 'vitest';
import {describeBuckets} from '#host/aws/client.ts';
import type {Host} from '#model/host.ts';
import {Secret} from '#model/secret.ts';
import {iamUser} from '#resources/aws/iam-user.ts';
import {s3Bucket} from '#resources/aws/s3-bucket.ts';
import {securityGroup} from '#resources/aws/security-group.ts';
import {until} from '../host/support/until.ts';
import {conformance} from './suite.ts';

const endpoint = 'http://127.0.0.1:5999';
const region = 'us-west-2';
const canary = 'Kanarie/9c1e+quoted';
const access = {region, endpoint, id: 'AKIACONFORM', key: [new Secret('aws', canary)]};
const options = {
	region,
	endpoint,
	credentials: {accessKeyId: 'AKIAOTHER', secretAccessKey: 'of-somebody-else'},
	forcePathStyle: true,
};
const [s3, ec2, iam] = [new S3Client(options), new EC2Client(options), new IAMClient(options)];

let moto: ChildProcess;
beforeAll(async () => {
	moto = spawn('/opt/from-pypi/bin/moto_server', ['-H', '127.0.0.1', '-p', '5999'], {stdio: 'ignore'});
	const ended = new Promise<never>((_, failed) =>
		moto.once('error', failed).once('exit', code => failed(new Error(`moto ended with ${code}`))),
	);
	ended.catch(() => undefined);
	const answers = until(async () => (await fetch(`${endpoint}/moto-api/`).catch(() => undefined))?.ok === true, {
		deadline: 120_000,
		every: 200,
		what: 'moto answers',
	});
	await Promise.race([answers, ended]);
}, 130_000);
afterAll(() => void moto.kill());

const reset = async (): Promise<void> => {
	const answer = await fetch(`${endpoint}/moto-api/reset`, {method: 'POST'});
	if (!answer.ok) throw new Error(`moto: ${answer.status}`);
};

// Moto reads all of Amazon's own policies at the first question about a user.
const shared = {touches: ['/etc/conform'], canaries: [canary], noisy: ['/opt/from-pypi'], seconds: 180} as const;
const others = {
	Sid: 'Another',
	Effect: 'Allow',
	Principal: {AWS: 'arn:aws:iam::111122223333:root'},
	Action: 's3:ListBucket',
	Resource: 'arn:aws:s3:::conform-images',
};

const bucket = {
	...shared,
	resource: () =>
		s3Bucket({
			access,
			name: 'conform-images',
			statements: [
				{
					Sid: 'Allow referral from my domains',
					Effect: 'Allow',
					Principal: '*',
					Action: 's3:GetObject',
					Resource: 'arn:aws:s3:::conform-images/*',
					Condition: {StringLike: {'aws:Referer': 'https://conform.example.org/*'}},
				},
			],
			cors: [{AllowedOrigins: ['*'], AllowedMethods: ['GET'], AllowedHeaders: ['Authorization']}],
		}),
	rows: async () => {
		const {Buckets: all = []} = await s3.send(new ListBucketsCommand({}));
		const told = await Promise.all(
			all.map(async ({Name: Bucket}) => [
				Bucket,
				await s3.send(new GetBucketPolicyCommand({Bucket})).then(
					one => one.Policy,
					() => null,
				),
				await s3.send(new GetBucketCorsCommand({Bucket})).then(
					one => one.CORSRules,
					() => null,
				),
			]),
		);
		return JSON.stringify(told);
	},
};
const made = () =>
	s3.send(new CreateBucketCommand({Bucket: 'conform-images', CreateBucketConfiguration: {LocationConstraint: region}}));

conformance('s3-bucket', [
	{
		...bucket,
		name: 'no bucket of that name',
		prepare: reset,
		breakIt: async () => void (await s3.send(new DeleteBucketPolicyCommand({Bucket: 'conform-images'}))),
	},
	{
		...bucket,
		name: 'one that is there, with a statement of somebody else',
		prepare: async () => {
			await reset();
			await made();
			await s3.send(
				new PutBucketPolicyCommand({
					Bucket: 'conform-images',
					Policy: JSON.stringify({Version: '2012-10-17', Statement: [others]}),
				}),
			);
		},
		breakIt: async () =>
			void (await s3.send(
				new PutPublicAccessBlockCommand({
					Bucket: 'conform-images',
					PublicAccessBlockConfiguration: {BlockPublicAcls: false, IgnorePublicAcls: true},
				}),
			)),
	},
]);

const group = {
	...shared,
	resource: () =>
		securityGroup({
			access,
			name: 'conform-database',
			description: 'the database of conform',
			rules: [
				{port: 5432, from: {group: 'conform-web'}},
				{port: 22, from: '203.0.113.7/32'},
				{port: 443, from: '::/0'},
			],
		}),
	rows: async () => {
		const {SecurityGroups: all = []} = await ec2.send(
			new DescribeSecurityGroupsCommand({Filters: [{Name: 'group-name', Values: ['conform-*']}]}),
		);
		return JSON.stringify(
			all
				.map(one => [
					one.GroupName,
					(one.IpPermissions ?? []).map(rule => [
						rule.FromPort,
						rule.IpRanges?.map(range => range.CidrIp),
						rule.UserIdGroupPairs?.length,
					]),
				])
				.toSorted(),
		);
	},
};
const web = async (): Promise<void> => {
	await reset();
	await ec2.send(new CreateSecurityGroupCommand({GroupName: 'conform-web', Description: 'the site'}));
};
const idOf = async (name: string): Promise<string> =>
	(await ec2.send(new DescribeSecurityGroupsCommand({Filters: [{Name: 'group-name', Values: [name]}]})))
		.SecurityGroups![0]!.GroupId!;
const world = {IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, IpRanges: [{CidrIp: '0.0.0.0/0'}]};

conformance('security-group', [
	{
		...group,
		name: 'no group of that name',
		prepare: web,
		breakIt: async () =>
			void (await ec2.send(
				new AuthorizeSecurityGroupIngressCommand({GroupId: await idOf('conform-database'), IpPermissions: [world]}),
			)),
	},
	{
		...group,
		name: 'one that is open to the world',
		prepare: async () => {
			await web();
			const {GroupId} = await ec2.send(
				new CreateSecurityGroupCommand({GroupName: 'conform-database', Description: 'of somebody'}),
			);
			await ec2.send(new AuthorizeSecurityGroupIngressCommand({GroupId, IpPermissions: [world]}));
		},
		breakIt: async () => {
			const GroupId = await idOf('conform-database');
			await ec2.send(
				new RevokeSecurityGroupIngressCommand({
					GroupId,
					IpPermissions: [
						{IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, UserIdGroupPairs: [{GroupId: await idOf('conform-web')}]},
					],
				}),
			);
		},
	},
]);

const user = {
	...shared,
	resource: () =>
		iamUser({
			access,
			name: 'conform',
			policy: {
				name: 'images',
				statements: [
					{Sid: 'Files', Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject'], Resource: 'arn:aws:s3:::conform/*'},
				],
			},
			keyFile: '/etc/conform/aws-key',
		}),
	rows: async () => {
		const {Users: all = []} = await iam.send(new ListUsersCommand({}));
		const told = await Promise.all(
			all.map(async ({UserName}) => [
				UserName,
				(await iam.send(new ListUserPoliciesCommand({UserName}))).PolicyNames,
				(await iam.send(new ListAccessKeysCommand({UserName}))).AccessKeyMetadata?.length,
			]),
		);
		return JSON.stringify(told);
	},
};
const place = async (host: Host): Promise<void> => {
	await reset();
	await host.exec(['rm', '-rf', '/etc/conform']);
	await host.exec(['mkdir', '/etc/conform']);
};
const somebody = {UserName: 'conform', PolicyName: 'everything'};

conformance('iam-user', [
	{
		...user,
		name: 'no user of that name',
		prepare: place,
		breakIt: async host => void (await host.exec(['rm', '/etc/conform/aws-key'])),
	},
	{
		...user,
		name: 'one that may more, with a key that nobody has here',
		prepare: async host => {
			await place(host);
			await iam.send(new CreateUserCommand({UserName: 'conform'}));
			await iam.send(new CreateAccessKeyCommand({UserName: 'conform'}));
			await iam.send(
				new PutUserPolicyCommand({
					...somebody,
					PolicyDocument: JSON.stringify({
						Version: '2012-10-17',
						Statement: [{Effect: 'Allow', Action: 's3:*', Resource: '*'}],
					}),
				}),
			);
		},
		breakIt: async () =>
			void (await iam.send(
				new PutUserPolicyCommand({
					...somebody,
					PolicyName: 'images',
					PolicyDocument: JSON.stringify({
						Version: '2012-10-17',
						Statement: [{Effect: 'Allow', Action: 's3:*', Resource: '*'}],
					}),
				}),
			)),
	},
]);

conformance('a bucket with files', [
	{
		...bucket,
		name: 'stays',
		prepare: reset,
		breakIt: async () => void (await s3.send(new DeleteBucketPolicyCommand({Bucket: 'conform-images'}))),
		resource: () => {
			const one = bucket.resource();
			return {
				...one,
				// As the application would, as soon as it is there.
				look: async host => {
					const look = await one.look(host);
					return look.state !== 'change'
						? look
						: {
								...look,
								apply: async to => {
									await look.apply(to);
									await s3.send(new PutObjectCommand({Bucket: 'conform-images', Key: 'a.jpg', Body: 'x'}));
								},
							};
				},
			};
		},
		undone: 'kept',
	},
]);

describe('the doctor', () => {
	it('asks a store of one’s own, that the environment names, as it asks AWS', async () => {
		await reset();
		await made();
		Object.assign(process.env, {
			AWS_ENDPOINT_URL: endpoint.replace('127.0.0.1', 'localhost'),
			AWS_ACCESS_KEY_ID: 'AKIADOCTOR',
			AWS_SECRET_ACCESS_KEY: 'of-the-doctor',
		});
		expect(await describeBuckets({region})).toEqual([{name: 'conform-images', block: undefined, policy: undefined}]);
	});
});
