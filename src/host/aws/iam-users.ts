/** A user of IAM, by its own client: its policies, its access keys, and the acts that change them. */
import {
	CreateAccessKeyCommand,
	CreateUserCommand,
	DeleteAccessKeyCommand,
	DeleteUserCommand,
	DeleteUserPolicyCommand,
	GetUserCommand,
	GetUserPolicyCommand,
	IAMClient,
	ListAccessKeysCommand,
	ListAttachedUserPoliciesCommand,
	ListGroupsForUserCommand,
	ListUserPoliciesCommand,
	PutUserPolicyCommand,
} from '@aws-sdk/client-iam';
import {Secret} from '#model/secret.ts';
import {type AwsAccess, clientOptions, orNone} from './aws-access.ts';
import type {UserNow} from './aws-things.ts';
import type {AwsKey} from './key-file.ts';

/** undefined where there is none of that name. */
export const userNow = (access: AwsAccess, name: string): Promise<UserNow | undefined> =>
	withIam(access, async iam => {
		const UserName = name;
		if ((await orNone(gone, () => iam.send(new GetUserCommand({UserName})))) === undefined) return undefined;
		const [own, attached, groups, keys] = await Promise.all([
			iam.send(new ListUserPoliciesCommand({UserName})),
			iam.send(new ListAttachedUserPoliciesCommand({UserName})),
			iam.send(new ListGroupsForUserCommand({UserName})),
			iam.send(new ListAccessKeysCommand({UserName})),
		]);
		const policies = await Promise.all(
			(own.PolicyNames ?? []).map(async PolicyName => {
				const {PolicyDocument: text = ''} = await iam.send(new GetUserPolicyCommand({UserName, PolicyName}));
				return [PolicyName, decodeURIComponent(text)] as const;
			}),
		);
		return {
			policies: Object.fromEntries(policies),
			more: [
				...(attached.AttachedPolicies ?? []).map(one => `the policy ${one.PolicyName ?? ''}`),
				...(groups.Groups ?? []).map(one => `the group ${one.GroupName ?? ''}`),
			],
			keys: (keys.AccessKeyMetadata ?? []).flatMap(one => one.AccessKeyId ?? []),
		};
	});

export const makeUser = (access: AwsAccess, name: string): Promise<void> =>
	withIam(access, async iam => {
		await orNone(/^EntityAlreadyExists(Exception)?$/, () => iam.send(new CreateUserCommand({UserName: name})));
	});

/** Its policy of that name; undefined takes it away. */
export const setPolicy = (access: AwsAccess, user: string, name: string, policy: string | undefined): Promise<void> =>
	withIam(access, async iam => {
		const named = {UserName: user, PolicyName: name};
		if (policy === undefined) await orNone(gone, () => iam.send(new DeleteUserPolicyCommand(named)));
		else await iam.send(new PutUserPolicyCommand({...named, PolicyDocument: policy}));
	});

/** A key is told this once: AWS keeps no copy that it would show. undefined where the user has as many as AWS gives. */
export const makeKey = (access: AwsAccess, user: string): Promise<AwsKey | undefined> =>
	withIam(access, async iam => {
		const told = await orNone(/^LimitExceeded(Exception)?$/, () =>
			iam.send(new CreateAccessKeyCommand({UserName: user})),
		);
		const {AccessKeyId: id, SecretAccessKey: key} = told?.AccessKey ?? {};
		return id === undefined || key === undefined ? undefined : {id, key: new Secret(`AWS ${id}`, key)};
	});

export const removeKey = (access: AwsAccess, user: string, id: string): Promise<void> =>
	withIam(access, async iam => {
		await orNone(gone, () => iam.send(new DeleteAccessKeyCommand({UserName: user, AccessKeyId: id})));
	});

/** False where it has policies, groups or keys. */
export const removeUser = (access: AwsAccess, name: string): Promise<boolean> =>
	withIam(
		access,
		async iam =>
			(await orNone(/^DeleteConflict(Exception)?$/, async () => {
				await iam.send(new DeleteUserCommand({UserName: name}));
				return true;
			})) ?? false,
	);

const gone = /^NoSuchEntity(Exception)?$/;

const withIam = async <T>(access: AwsAccess, use: (iam: IAMClient) => Promise<T>): Promise<T> => {
	const iam = new IAMClient(clientOptions(access));
	try {
		return await use(iam);
	} finally {
		iam.destroy();
	}
};
