/** A bucket that everybody may write is somebody else's by tomorrow, and one that everybody may list has been copied already. */

import type {AwsBucket, PublicAccessBlock} from '#host/aws/aws-things.ts';
import {type Grant, publicGrants} from '#host/aws/bucket-policy.ts';
import {awsBuckets, awsPlace} from '#host/aws/now.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings, type Remedy} from '#model/finding.ts';
import {noAws} from './database-group.ts';

const nameWho: Remedy = {sentence: 'Name in the policy who may do this, or take the statement out.'};

const kinds = defineKinds({
	writable: {
		state: 'fail',
		example: {actions: ['s3:PutObject'] as readonly string[]},
		says: ({actions}) => `everybody may change it: ${actions.join(', ')}`,
		remedy: nameWho,
	},
	onCondition: {
		state: 'warn',
		example: {condition: 'aws:Referer'},
		says: ({condition}) => `everybody who sends the right ${condition} may read it`,
		remedy: {
			sentence:
				'Sign the URLs (django-storages does, AWS_QUERYSTRING_AUTH) and take the statement out, or waive it where the files may be read by everybody.',
		},
	},
	listed: {state: 'fail', says: 'everybody may list and read it', remedy: nameWho},
	readable: {state: 'fail', says: 'everybody may read what is in it', remedy: nameWho},
	unblocked: {
		state: 'warn',
		example: {bucket: 'coralnet', off: ['BlockPublicAcls'] as readonly string[] | undefined},
		says: ({off}) =>
			off === undefined
				? 'has no public access block of its own'
				: `${off.join(', ')} ${off.length === 1 ? 'is' : 'are'} off`,
		remedy: ({bucket}) => ({
			sentence: `Block public ACLs at least (BlockPublicAcls, IgnorePublicAcls) on ${bucket}; all four where its policy is for nobody but its own account.`,
		}),
	},
});

export const check = defineCheck({
	id: 'aws.bucket',
	title: 'Its buckets are public only as far as they are meant to be',
	why: "The guide's policy lets everybody read an object who sends the right Referer: that keeps other sites from linking, not people from reading. Whatever goes further, or has no such condition, gives the files away. The public access block is the second lock, against a policy or an ACL set by mistake.",
	reads: ['s3:ListAllMyBuckets', 's3:GetBucketPolicy of each', 's3:GetBucketPublicAccessBlock of each'],
	severity: 'fail',
	layers: ['runtime'],
	source: 'CoralNet guide, "S3 bucket"; Amazon S3 User Guide, "Blocking public access to your Amazon S3 storage"',
	verify: 'aws s3api get-bucket-policy-status --bucket NAME; aws s3api get-public-access-block --bucket NAME',
	deadline: 15_000,
	facts: {place: awsPlace, buckets: awsBuckets},
	kinds,
	appliesTo: ({facts}) => facts.place !== 'absent' || noAws,
	inspect: async ({facts}) => bucketFindings(facts.buckets),
});

type BucketFinding = FoundOf<typeof kinds>;

/** Two for each bucket: what its policy gives away, and what would keep that in. */
export const bucketFindings = (buckets: readonly AwsBucket[]): readonly [BucketFinding, ...BucketFinding[]] => {
	return findings(
		buckets.flatMap(bucket => [policyFinding(bucket), blockFinding(bucket)]),
		{
			is: 'ok',
			says: 'there is no bucket',
			expected: 'none that is public',
			layers: {runtime: {value: [], where: 's3:ListAllMyBuckets'}},
		},
	);
};

const policyFinding = ({name, policy, block}: AwsBucket): BucketFinding => {
	const grants = policy === undefined ? [] : publicGrants(policy);
	const shut = block?.RestrictPublicBuckets === true;
	const worst = grants.toSorted((a, b) => weight(b) - weight(a))[0];
	const sight = {
		item: `${name} policy`,
		expected: 'nothing for everybody',
		layers: {
			runtime: {
				value: grants.map(
					({actions, condition}) => `${actions.join(', ')}${condition === undefined ? '' : ` if ${condition}`}`,
				),
				where: `s3:GetBucketPolicy ${name}`,
			},
		},
	};
	if (worst === undefined) return {...sight, is: 'ok'};
	if (shut) return {...sight, is: 'ok', says: 'its public statements have no effect: RestrictPublicBuckets is on'};
	if (worst.writes) return {...sight, is: 'writable', data: {actions: worst.actions}};
	if (worst.condition !== undefined) return {...sight, is: 'onCondition', data: {condition: worst.condition}};
	return worst.lists ? {...sight, is: 'listed'} : {...sight, is: 'readable'};
};

const weight = ({writes, condition, lists}: Grant): number =>
	(writes ? 8 : 0) + (condition === undefined ? 4 : 0) + (lists ? 2 : 0);

const switches = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'] as const;

const blockFinding = ({name, block, policy}: AwsBucket): BucketFinding => {
	// A policy that is for everybody on purpose can only be had with the last two off.
	const wanted = policy !== undefined && publicGrants(policy).length > 0 ? switches.slice(0, 2) : switches;
	const off = wanted.filter(one => block?.[one] !== true);
	const sight = {
		item: `${name} block`,
		expected: [...wanted],
		layers: {runtime: {value: shown(block), where: `s3:GetBucketPublicAccessBlock ${name}`}},
	};
	return off.length === 0
		? {...sight, is: 'ok'}
		: {...sight, is: 'unblocked', data: {bucket: name, off: block === undefined ? undefined : off}};
};

const shown = (block: PublicAccessBlock | undefined): readonly string[] =>
	switches.filter(one => block?.[one] === true);
