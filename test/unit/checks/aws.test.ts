/**
 * The checks of AWS over answers written from Amazon's documentation (EC2 API Reference, DescribeSecurityGroups; RDS API Reference,
 * DescribeDBInstances; S3 User Guide, bucket policy examples), not recorded: no account is to be had here.
 */
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test, vi} from 'vitest';
import {check as bucket, bucketFindings} from '#checks/aws/bucket.ts';
import {databaseFindings, check as group} from '#checks/aws/database-group.ts';
import {said} from '#doctor/kinds.ts';
import type {AwsBucket, AwsDatabase, IpPermission} from '#host/aws/aws-things.ts';
import {publicGrants} from '#host/aws/bucket-policy.ts';
import {awsBuckets, awsPlace, refusalOf, regionIn} from '#host/aws/now.ts';
import {createReader} from '#host/reader.ts';
import type {Told} from '#model/finding.ts';
import {Blocked} from '#model/unknown.ts';
import {fileReader} from '../support/file-reader.ts';

const database = (permissions: readonly IpPermission[], more: Partial<AwsDatabase> = {}): AwsDatabase => ({
	id: 'coralnet',
	port: 5432,
	publiclyAccessible: true,
	groups: [{id: 'sg-903004f8', permissions}],
	...more,
});
const tcp = (cidr: string, from = 5432, to = from): IpPermission => ({
	IpProtocol: 'tcp',
	FromPort: from,
	ToPort: to,
	IpRanges: [{CidrIp: cidr}],
	Ipv6Ranges: [],
});
const judged = (findings: readonly Told[]) => findings.map(({item, state, says}) => [item, state, says ?? '']);

test.each<[string, AwsDatabase, Told['state'], RegExp]>([
	[
		'one address and the group of the web server',
		database([tcp('203.0.113.12/32'), {IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, IpRanges: []}]),
		'ok',
		/^$/,
	],
	['the world', database([tcp('0.0.0.0/0')]), 'fail', /port 5432 is open to 0\.0\.0\.0\/0 \(sg-903004f8\)/],
	[
		'the world of IPv6',
		database([{IpProtocol: 'tcp', FromPort: 5432, ToPort: 5432, Ipv6Ranges: [{CidrIpv6: '::/0'}]}]),
		'fail',
		/::\/0/,
	],
	['every protocol', database([{IpProtocol: '-1', IpRanges: [{CidrIp: '0.0.0.0/0'}]}]), 'fail', /0\.0\.0\.0\/0/],
	[
		'half of the world, twice',
		database([tcp('0.0.0.0/1'), tcp('128.0.0.0/1')]),
		'fail',
		/0\.0\.0\.0\/1 .*128\.0\.0\.0\/1/,
	],
	['a range of ports around it', database([tcp('0.0.0.0/0', 1024, 65_535)]), 'fail', /port 5432/],
	['the world on another port', database([tcp('0.0.0.0/0', 22)]), 'ok', /^$/],
	[
		'the world, but not publicly accessible',
		database([tcp('0.0.0.0/0')], {publiclyAccessible: false}),
		'warn',
		/only that it is not publicly accessible/,
	],
	['a large network', database([tcp('198.51.0.0/16')]), 'warn', /large network 198\.51\.0\.0\/16/],
	['its VPC', database([tcp('10.0.0.0/8'), tcp('172.31.0.0/16')]), 'ok', /^$/],
	['another port of its own', database([tcp('0.0.0.0/0', 3306)], {port: 3306}), 'fail', /port 3306/],
])('a database group with %s', (_, one, state, says) => {
	const [finding] = said(group, databaseFindings([one]));
	expect(finding).toMatchObject({
		item: 'coralnet',
		state,
		layers: {runtime: {where: 'ec2:DescribeSecurityGroups sg-903004f8'}},
	});
	expect(finding.says ?? '').toMatch(says);
});

test('without a database there is nothing to be open', () => {
	expect(said(group, databaseFindings([]))).toMatchObject([
		{state: 'ok', says: 'there is no database of RDS in this region'},
	]);
});

const statement = (more: object): string =>
	JSON.stringify({
		Version: '2012-10-17',
		Statement: [{Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::images/*', ...more}],
	});
const all = {BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true};
const acls = {...all, BlockPublicPolicy: false, RestrictPublicBuckets: false};
const images = (policy: string | undefined, block: AwsBucket['block'] = acls): AwsBucket => ({
	name: 'images',
	block,
	policy,
});
const ofGuide = statement({
	Sid: 'Allow referral from my domains',
	Condition: {StringLike: {'aws:Referer': 'http://coralnet.example.org/*'}},
});

test.each<[string, AwsBucket, Told['state'], RegExp]>([
	['no policy', images(undefined, all), 'ok', /^$/],
	["the guide's policy", images(ofGuide), 'warn', /everybody who sends the right Referer may read it/],
	['reading for everybody', images(statement({})), 'fail', /everybody may read what is in it/],
	[
		'reading for everybody, the other way to write it',
		images(statement({Principal: {AWS: ['*']}})),
		'fail',
		/everybody may read/,
	],
	['listing', images(statement({Action: ['s3:GetObject', 's3:ListBucket']})), 'fail', /list and read/],
	[
		'writing, even with a Referer',
		images(statement({Action: 's3:PutObject', Condition: {StringLike: {'aws:Referer': '*'}}})),
		'fail',
		/everybody may change it: s3:PutObject/,
	],
	['everything', images(statement({Action: 's3:*'})), 'fail', /everybody may change it/],
	[
		'everything but one',
		images(statement({Action: undefined, NotAction: 's3:DeleteBucket'})),
		'fail',
		/everybody may change it/,
	],
	['one account', images(statement({Principal: {AWS: 'arn:aws:iam::111122223333:root'}}), all), 'ok', /^$/],
	[
		'everybody of one VPC',
		images(statement({Condition: {StringEquals: {'aws:SourceVpce': 'vpce-1a2b3c4d'}}}), all),
		'ok',
		/^$/,
	],
	[
		'a Referer and an address',
		images(
			statement({Condition: {StringLike: {'aws:Referer': '*'}, IpAddress: {'aws:SourceIp': '203.0.113.0/24'}}}),
			all,
		),
		'ok',
		/^$/,
	],
	['a refusal for everybody', images(statement({Effect: 'Deny'}), all), 'ok', /^$/],
	['reading for everybody, without effect', images(statement({}), all), 'ok', /RestrictPublicBuckets is on/],
])('a bucket with %s', (_, one, state, says) => {
	const finding = said(bucket, bucketFindings([one])).find(({item}) => item === 'images policy');
	expect(finding).toMatchObject({state});
	expect(finding?.says ?? '').toMatch(says);
});

test('the public access block', () => {
	const blocks = (one: AwsBucket) =>
		judged(said(bucket, bucketFindings([one])).filter(({item}) => item === 'images block'));
	expect(blocks(images(undefined, all))).toEqual([['images block', 'ok', '']]);
	expect(blocks({name: 'images', block: undefined, policy: undefined})).toEqual([
		['images block', 'warn', 'has no public access block of its own'],
	]);
	expect(blocks(images(undefined, {...all, IgnorePublicAcls: false}))).toEqual([
		['images block', 'warn', 'IgnorePublicAcls is off'],
	]);
	// With the guide's policy the last two cannot be on.
	expect(blocks(images(ofGuide))).toEqual([['images block', 'ok', '']]);
	expect(() => publicGrants('{')).toThrow(Blocked);
});

test.each([
	[Object.assign(new Error('secret words'), {name: 'CredentialsProviderError'}), 'unreadable'],
	[Object.assign(new Error('User: arn:aws:iam::1:user/x is not authorized'), {name: 'AccessDenied'}), 'unreadable'],
	[Object.assign(new Error('timed out'), {name: 'TimeoutError'}), 'timeout'],
	[Object.assign(new Error('getaddrinfo'), {code: 'ENOTFOUND'}), 'remote'],
])('%s is why nothing can be told', (error, because) => {
	const refusal = refusalOf(error, 's3:GetBucketPolicy') as Blocked;
	expect(refusal.why).toMatchObject({because});
	expect(refusal.message).not.toMatch(/arn:|secret/);
});

test('where nothing of AWS is set up the checks do not apply', async () => {
	const place = await fileReader({'/etc/hostname': 'x'}).fact(awsPlace);
	expect(place).toBe('absent');
	for (const check of [group, bucket])
		expect(check.appliesTo?.({facts: {place} as never, expect: []})).toMatch(/nothing of AWS is set up here/);
});

test('the files of its command line tell the region; an offline root cannot ask', async () => {
	const reader = fileReader({
		'/root/.aws/config': '[profile other]\nregion = us-west-2\n[default]\nregion = eu-central-1\n',
	});
	await expect(reader.fact(awsPlace)).resolves.toEqual({where: '/root/.aws/config', region: 'eu-central-1'});
	await expect(reader.fact(awsBuckets)).rejects.toMatchObject({why: {because: 'offline-root'}});
	expect(regionIn('[default]\noutput = json\n')).toBeUndefined();
});

test('an endpoint that is not there is unknown, by the real client', async () => {
	const home = mkdtempSync(join(tmpdir(), 'aws-'));
	mkdirSync(join(home, '.aws'));
	writeFileSync(
		join(home, '.aws/credentials'),
		'[default]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n',
	);
	vi.stubEnv('HOME', home);
	vi.stubEnv('AWS_REGION', 'eu-central-1');
	vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:1');
	try {
		await expect(createReader().fact(awsBuckets)).rejects.toMatchObject({
			why: {because: 'remote', need: 'AWS cannot be reached (ECONNREFUSED)'},
		});
	} finally {
		vi.unstubAllEnvs();
		rmSync(home, {recursive: true});
	}
});
