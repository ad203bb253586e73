/** Whether this host has to do with Amazon's cloud, and what that answers about databases and buckets. Its clients are loaded only then. */
import type {Fact, Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {textOf} from '../files/text-of.ts';
import {ifTold} from '../see.ts';
import type {AwsBucket, AwsDatabase} from './aws-things.ts';

export type AwsPlace = {
	/** What told it: `AWS_REGION`, `/root/.aws/config`, `this is an EC2 instance`. */
	readonly where: string;
	readonly region: string | undefined;
};

/** 'absent' where neither the environment, nor a file of root or of who runs this, nor the machine itself speaks of AWS. */
export const awsPlace: Fact<AwsPlace | 'absent'> = {
	id: 'aws-place',
	async read(host) {
		const live = host.root === '/';
		const name = live
			? ['AWS_REGION', 'AWS_DEFAULT_REGION', 'AWS_PROFILE', 'AWS_ACCESS_KEY_ID'].find(one => process.env[one])
			: undefined;
		const homes = [...new Set([...(live && process.env['HOME'] ? [process.env['HOME']] : []), '/root'])];
		const files = await Promise.all(
			homes.flatMap(home => ['config', 'credentials'].map(file => there(host, `${home}/.aws/${file}`))),
		);
		const file = files.find(one => one !== undefined);
		const vendor = (await ifTold(() => textOf(host, '/sys/class/dmi/id/sys_vendor')))?.trim();
		const region =
			(live ? (process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION']) : undefined) ??
			files.find(one => one?.region)?.region;
		if (name !== undefined) return {where: name, region};
		if (file !== undefined) return {where: file.path, region};
		return live && vendor === 'Amazon EC2' ? {where: 'this is an EC2 instance', region} : 'absent';
	},
};

/** Every database of RDS in the region, with its security groups. Throws Blocked where AWS cannot be asked, or refuses. */
export const awsDatabases: Fact<readonly AwsDatabase[]> = {
	id: 'aws-databases',
	async read(host) {
		const options = await optionsFor(host);
		return asking('rds:DescribeDBInstances and ec2:DescribeSecurityGroups', async () =>
			(await import('./client.ts')).describeDatabases(options),
		);
	},
};

/** Every bucket that these credentials list; those beyond the first fifty are left. */
export const awsBuckets: Fact<readonly AwsBucket[]> = {
	id: 'aws-buckets',
	async read(host) {
		const options = await optionsFor(host);
		return asking('s3:ListAllMyBuckets, s3:GetBucketPolicy and s3:GetBucketPublicAccessBlock', async () =>
			(await import('./client.ts')).describeBuckets(options),
		);
	},
};

/** `region` of the default profile. */
export const regionIn = (text: string): string | undefined => {
	const parts = text.split(/^\s*\[\s*(?:profile\s+)?([^\]]+?)\s*\]/m);
	const at = parts.findIndex((part, index) => index % 2 === 1 && part === (process.env['AWS_PROFILE'] ?? 'default'));
	return /^\s*region\s*=\s*(\S+)/m.exec(at < 0 ? '' : (parts[at + 1] ?? ''))?.[1];
};

const there = async (
	host: Reader,
	path: string,
): Promise<{readonly path: string; readonly region: string | undefined} | undefined> => {
	if ((await ifTold(() => host.stat(path))) === undefined) return undefined;
	return {path, region: regionIn((await ifTold(() => textOf(host, path))) ?? '')};
};

const optionsFor = async (host: Reader): Promise<{readonly region: string}> => {
	if (host.root !== '/') throw new Blocked({because: 'offline-root', need: 'AWS is asked from the running host'});
	const place = await host.fact(awsPlace);
	const region =
		place === 'absent' ? undefined : (place.region ?? (await (await import('./client.ts')).regionOfInstance()));
	if (region === undefined)
		throw new Blocked({because: 'unreadable', need: 'no region is told: set AWS_REGION, or region in ~/.aws/config'});
	return {region};
};

const asking = async <T>(permissions: string, ask: () => Promise<T>): Promise<T> => {
	try {
		return await ask();
	} catch (error) {
		throw refusalOf(error as Error, permissions);
	}
};

/** Why AWS gave no answer. Its own words hold account numbers and names, and are left. */
export const refusalOf = (error: Error, permissions: string): Error => {
	const {name} = error;
	const code = (error as NodeJS.ErrnoException).code ?? '';
	if (name === 'CredentialsProviderError')
		return new Blocked({
			because: 'unreadable',
			need: 'no credentials for AWS: a role for this instance, or ~/.aws/credentials',
		});
	if (
		/AccessDenied|Unauthorized|InvalidClientTokenId|SignatureDoesNotMatch|ExpiredToken|InvalidAccessKeyId|AuthFailure|UnrecognizedClient/.test(
			name,
		)
	)
		return new Blocked({because: 'unreadable', need: `AWS refuses (${name}): these credentials need ${permissions}`});
	if (/Timeout/.test(name) || /TIMEDOUT|TIMEOUT/.test(code))
		return new Blocked({because: 'timeout', need: 'AWS gave no answer'});
	if (code !== '') return new Blocked({because: 'remote', need: `AWS cannot be reached (${code})`});
	return error;
};
