/** Diffs of what setup makes in AWS: a bucket, a security group, a user of IAM. */
import {iamUserType} from '#resources/aws/iam-user.ts';
import {awsKeyThereType} from '#resources/aws/key-there.ts';
import {s3BucketType} from '#resources/aws/s3-bucket.ts';
import {securityGroupType} from '#resources/aws/security-group.ts';
import {password, tableOf} from './table.ts';

const access = {region: 'us-west-2', id: 'AKIA1', key: password};

const statement = {
	Sid: 'Referral',
	Effect: 'Allow',
	Principal: '*',
	Action: 's3:GetObject',
	Resource: 'arn:aws:s3:::images/*',
};
const others = {Sid: 'Other', Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: 'arn:aws:s3:::images/*'};
const policy = (...statements: readonly object[]): string =>
	JSON.stringify({Version: '2012-10-17', Statement: statements});
const cors = {AllowedOrigins: ['*'], AllowedMethods: ['GET'], AllowedHeaders: ['Authorization']};
const block = {BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: false, RestrictPublicBuckets: false};
const asWanted = {ownership: 'ObjectWriter', block, cors: [cors], policy: policy(statement)};

const rule = (port: number, source: string) => ({protocol: 'tcp', from: port, to: port, source});

const rights = {Sid: 'Files', Effect: 'Allow', Action: ['s3:GetObject'], Resource: 'arn:aws:s3:::images/*'};
const user = {policies: {images: policy(rights)}, more: [], keys: ['AKIA2']};
const bytes = new Uint8Array();

export const aws = [
	tableOf(s3BucketType, {
		spec: {access, name: 'images', statements: [statement], cors: [cors]},
		absent: [
			['bucket images', null, 'us-west-2', 'bucket'],
			['ACLs', null, 'on', 'ownership'],
			['public ACLs', null, 'blocked', 'block'],
			['CORS', null, ['GET from *'], 'cors'],
			['policy', null, 'Referral', 'policy'],
		],
		desired: {
			'as setup made it': {state: asWanted},
			'with what others added': {
				state: {...asWanted, cors: [{...cors, AllowedMethods: ['PUT']}, cors], policy: policy(others, statement)},
			},
			'as AWS gives it back: a list of one as its one, keys in another order': {
				state: {
					...asWanted,
					cors: [{AllowedHeaders: 'Authorization', AllowedMethods: 'GET', AllowedOrigins: '*'}],
					policy: JSON.stringify({Statement: {...statement, Action: ['s3:GetObject']}}),
				},
			},
			'in a store that knows neither': {state: {...asWanted, ownership: 'unsupported', block: 'unsupported'}},
		},
		changes: {
			'made by AWS today, with nothing set': {
				state: {
					ownership: 'BucketOwnerEnforced',
					block: {BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true},
					cors: [],
					policy: null,
				},
				are: [
					['ACLs', 'off', 'on', 'ownership'],
					[
						'public access block',
						['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'],
						['BlockPublicAcls', 'IgnorePublicAcls'],
						'block',
					],
					['CORS', null, ['GET from *'], 'cors'],
					['policy', null, 'Referral', 'policy'],
				],
			},
			'opened further by somebody': {
				state: {...asWanted, block: null, policy: policy({...statement, Action: 's3:*'})},
				are: [
					['public access block', null, ['BlockPublicAcls', 'IgnorePublicAcls'], 'block'],
					['policy', 'without, or with another', 'Referral', 'policy'],
				],
			},
		},
	}),
	tableOf(securityGroupType, {
		spec: {
			access,
			name: 'database',
			description: 'x',
			rules: [
				{port: 5432, from: {group: 'web'}},
				{port: 22, from: '203.0.113.7/32'},
			],
		},
		absent: [
			['security group database', null, 'in the default VPC', 'group'],
			['port 5432 from the group web', null, 'open', 'open'],
			['port 22 from 203.0.113.7/32', null, 'open', 'open'],
		],
		desired: {
			'both rules': {
				state: {now: {id: 'sg-1', rules: [rule(22, '203.0.113.7/32'), rule(5432, 'sg-2')]}, groups: {web: 'sg-2'}},
			},
		},
		changes: {
			'opened to the world, and by another group': {
				state: {
					now: {
						id: 'sg-1',
						rules: [
							rule(22, '203.0.113.7/32'),
							rule(5432, 'sg-3'),
							{protocol: '-1', from: 0, to: 65_535, source: '0.0.0.0/0'},
							{protocol: 'udp', from: 1, to: 9, source: '::/0'},
						],
					},
					groups: {web: 'sg-2'},
				},
				are: [
					['port 5432 from the group web', null, 'open', 'open'],
					['port 5432 from sg-3', 'open', null, 'shut'],
					['everything from 0.0.0.0/0', 'open', null, 'shut'],
					['udp port 1 to 9 from ::/0', 'open', null, 'shut'],
				],
			},
		},
	}),
	tableOf(iamUserType, {
		spec: {access, name: 'reef', policy: {name: 'images', statements: [rights]}, keyFile: '/etc/reef/key'},
		absent: [
			['IAM user reef', null, 'may do what its policy says', 'user'],
			['policy images', null, policy(rights), 'policy'],
			['access key in /etc/reef/key', null, 'a new one', 'key'],
		],
		desired: {'with its key': {state: {user, key: 'AKIA2', bytes}}},
		changes: {
			'more rights, and a key that was deleted': {
				state: {user: {...user, policies: {...user.policies, all: '{}'}}, key: 'AKIA9', bytes},
				are: [
					['policy all', 'there', null, 'surplus', 'all'],
					['access key in /etc/reef/key', 'AKIA9', 'a new one', 'key'],
				],
			},
		},
	}),
	tableOf(awsKeyThereType, {
		spec: {path: '/etc/reef/key', or: 'aws.by: setup'},
		absent: [],
		desired: {there: {state: 'there'}},
		changes: {},
	}),
];
