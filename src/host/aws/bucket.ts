/** One bucket, by S3's own client: what is set on it, and the acts that set it. A store that does not know a setting says so, and goes without. */
import {
	CreateBucketCommand,
	DeleteBucketCommand,
	DeleteBucketCorsCommand,
	DeleteBucketPolicyCommand,
	DeletePublicAccessBlockCommand,
	GetBucketCorsCommand,
	GetBucketOwnershipControlsCommand,
	GetBucketPolicyCommand,
	GetPublicAccessBlockCommand,
	HeadBucketCommand,
	ListObjectVersionsCommand,
	type ObjectOwnership,
	PutBucketCorsCommand,
	PutBucketOwnershipControlsCommand,
	PutBucketPolicyCommand,
	PutPublicAccessBlockCommand,
	S3Client,
} from '@aws-sdk/client-s3';
import {type AwsAccess, clientOptions, orNone} from './aws-access.ts';
import type {BucketNow, BucketSettings} from './aws-things.ts';

/** 'absent'; 'foreign' where the name is another account's, for names are everybody's. */
export const bucketNow = (access: AwsAccess, name: string): Promise<BucketNow> =>
	withS3(access, async s3 => {
		try {
			await s3.send(new HeadBucketCommand({Bucket: name}));
		} catch (error) {
			const status = (error as {readonly $metadata?: {readonly httpStatusCode?: number}}).$metadata?.httpStatusCode;
			if (status === 404) return 'absent';
			if (status === 403) return 'foreign';
			throw error;
		}
		const Bucket = name;
		const [ownership, block, cors, policy] = await Promise.all([
			known(/^OwnershipControlsNotFoundError$/, async () => {
				const told = await s3.send(new GetBucketOwnershipControlsCommand({Bucket}));
				return told.OwnershipControls?.Rules?.[0]?.ObjectOwnership;
			}),
			known(
				/^NoSuchPublicAccessBlockConfiguration$/,
				async () => (await s3.send(new GetPublicAccessBlockCommand({Bucket}))).PublicAccessBlockConfiguration,
			),
			known(/^NoSuchCORSConfiguration$/, async () => {
				const {CORSRules: rules = []} = await s3.send(new GetBucketCorsCommand({Bucket}));
				return rules.map(one => JSON.parse(JSON.stringify(one)) as Readonly<Record<string, unknown>>);
			}),
			known(/^NoSuchBucketPolicy$/, async () => (await s3.send(new GetBucketPolicyCommand({Bucket}))).Policy),
		]);
		return {
			ownership: ownership ?? null,
			block: block === 'unsupported' ? block : (block ?? null),
			cors: cors ?? [],
			policy: policy ?? null,
		};
	});

/** Its ACLs are switched on, because an application that sends a private one with each file is refused otherwise. */
export const makeBucket = (access: AwsAccess, name: string): Promise<void> =>
	withS3(access, async s3 => {
		await s3.send(
			new CreateBucketCommand({
				Bucket: name,
				ObjectOwnership: 'ObjectWriter',
				// The oldest region is the one that must not be named.
				...(access.region !== 'us-east-1' && {CreateBucketConfiguration: {LocationConstraint: access.region as never}}),
			}),
		);
	});

/** Sets what is given, and takes away what is given as null or empty. The block comes first: a policy for everybody is refused under it. */
export const setBucket = (access: AwsAccess, name: string, settings: Partial<BucketSettings>): Promise<void> =>
	withS3(access, async s3 => {
		const {ownership, block, cors, policy} = settings;
		const Bucket = name;
		if (typeof ownership === 'string' && ownership !== 'unsupported')
			await s3.send(
				new PutBucketOwnershipControlsCommand({
					Bucket,
					OwnershipControls: {Rules: [{ObjectOwnership: ownership as ObjectOwnership}]},
				}),
			);
		if (block === null) await s3.send(new DeletePublicAccessBlockCommand({Bucket}));
		else if (block !== undefined && block !== 'unsupported')
			await s3.send(new PutPublicAccessBlockCommand({Bucket, PublicAccessBlockConfiguration: {...block}}));
		if (cors !== undefined && cors !== 'unsupported')
			await (cors.length === 0
				? s3.send(new DeleteBucketCorsCommand({Bucket}))
				: s3.send(new PutBucketCorsCommand({Bucket, CORSConfiguration: {CORSRules: cors as never}})));
		if (policy === null) await s3.send(new DeleteBucketPolicyCommand({Bucket}));
		else if (policy !== undefined && policy !== 'unsupported')
			await s3.send(new PutBucketPolicyCommand({Bucket, Policy: policy}));
	});

/** Removes it; false where it holds anything, also an older version of a file. */
export const removeEmptyBucket = (access: AwsAccess, name: string): Promise<boolean> =>
	withS3(access, async s3 => {
		const {Versions: some = [], DeleteMarkers: marks = []} = await s3.send(
			new ListObjectVersionsCommand({Bucket: name, MaxKeys: 1}),
		);
		if (some.length > 0 || marks.length > 0) return false;
		return (
			(await orNone(/^BucketNotEmpty$/, async () => {
				await s3.send(new DeleteBucketCommand({Bucket: name}));
				return true;
			})) ?? false
		);
	});

const known = <T>(none: RegExp, ask: () => Promise<T | undefined>): Promise<T | undefined | 'unsupported'> =>
	orNone(none, ask).catch((error: unknown) => {
		if (/^(NotImplemented|MethodNotAllowed)$/.test((error as Error).name)) return 'unsupported' as const;
		throw error;
	});

const withS3 = async <T>(access: AwsAccess, use: (s3: S3Client) => Promise<T>): Promise<T> => {
	const s3 = new S3Client({
		...clientOptions(access),
		followRegionRedirects: true,
		// A name before that of the store needs a name server that knows it.
		...(access.endpoint !== undefined && {forcePathStyle: true}),
	});
	try {
		return await use(s3);
	} finally {
		s3.destroy();
	}
};
