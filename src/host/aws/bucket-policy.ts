/** What a bucket's policy lets everybody do, read the way S3 decides whether a bucket is public. */
import {Blocked} from '#model/unknown.ts';

export type Grant = {
	readonly actions: readonly string[];
	readonly writes: boolean;
	readonly lists: boolean;
	/** What it asks of a request that anybody can make up: `Referer`. */
	readonly condition: string | undefined;
};

/** The statements that allow something to everybody. Throws Blocked for what is no policy. */
export const publicGrants = (policy: string): readonly Grant[] => {
	const statements = parsed(policy);
	return statements.flatMap(statement => {
		if (statement['Effect'] !== 'Allow' || !isEverybody(statement['Principal']) || 'NotPrincipal' in statement)
			return [];
		const keys = conditionKeys(statement['Condition']);
		// One key that only its own people can have is enough: they hold together.
		if (keys.some(key => binding.test(key))) return [];
		// All but what it names: nearly everything.
		const actions = 'NotAction' in statement ? ['s3:*'] : listOf(statement['Action']);
		return [
			{
				actions,
				writes: actions.some(action => matches(action, /^(put|delete|replicate|restore|abort|bypass|create|update)/i)),
				lists: actions.some(action => matches(action, /^list/i)),
				condition: keys.length === 0 ? undefined : keys.map(key => key.replace(/^aws:/i, '')).join(', '),
			},
		];
	});
};

type Statement = Readonly<Record<string, unknown>>;

const parsed = (policy: string): readonly Statement[] => {
	try {
		const {Statement: all} = JSON.parse(policy) as {readonly Statement?: unknown};
		return (Array.isArray(all) ? all : [all]).filter(
			(one): one is Statement => typeof one === 'object' && one !== null,
		);
	} catch {
		throw new Blocked({because: 'unreadable', need: 'the policy of a bucket is no JSON'});
	}
};

const isEverybody = (principal: unknown): boolean =>
	principal === '*' ||
	(typeof principal === 'object' && principal !== null && listOf((principal as Statement)['AWS']).includes('*'));

/** `{StringLike: {"aws:Referer": …}}` has the key aws:Referer. */
const conditionKeys = (condition: unknown): readonly string[] =>
	typeof condition === 'object' && condition !== null
		? Object.values(condition).flatMap(one => (typeof one === 'object' && one !== null ? Object.keys(one) : []))
		: [];

/** Keys whose value nobody can make up; Referer and UserAgent are not of them. */
const binding =
	/^(aws:(source(arn|account|vpc|vpce|ip|orgid)|vpcsourceip|principal(arn|account|orgid|orgpaths)|userid)|s3:(dataaccesspoint\w+|x-amz-server-side-encryption-aws-kms-key-id))$/i;

const listOf = (value: unknown): readonly string[] =>
	Array.isArray(value) ? value.map(String) : value === undefined ? [] : [String(value)];

/** `s3:*` and `*` are every action. */
const matches = (action: string, verb: RegExp): boolean => {
	const name = action.replace(/^s3:/i, '');
	return name.startsWith('*') || verb.test(name);
};
