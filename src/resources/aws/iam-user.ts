/**
 * A user of IAM for the application, with one policy and one access key. The key is told once, so it goes straight into a file that root alone reads;
 * a user that has more rights than this policy is refused, because its key would lie on a web server.
 */
import {type AwsAccess, accessFrom, accessKeep, accessRecord, changing, looking} from '#host/aws/aws-access.ts';
import type {UserNow} from '#host/aws/aws-things.ts';
import {keyFileText, readKeyFile} from '#host/aws/key-file.ts';
import {sha256} from '#host/files/stash.ts';
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import type {Json} from '#model/json.ts';
import {type Change, type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {clear} from '../shared/clear.ts';
import {withEdges} from '../shared/edges.ts';
import {policyOf, type Statement, sameText} from './documents.ts';

export type IamUserSpec = {
	readonly access: AwsAccess;
	readonly name: string;
	readonly policy: {readonly name: string; readonly statements: readonly Statement[]};
	/** Where its access key lies. */
	readonly keyFile: string;
};

export type IamUserState = {
	readonly user: UserNow | undefined;
	/** Id of the key in the file. */
	readonly key: string | undefined;
	/** What the file holds, whatever that is. */
	readonly bytes: Uint8Array | undefined;
};

/** Needs the directory of the file, and provides its path. */
export const iamUser = (spec: IamUserSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		iamUserType,
		withEdges(
			{
				id: `iam-user:${spec.name}`,
				needs: [`path:${spec.keyFile.slice(0, spec.keyFile.lastIndexOf('/'))}`],
				provides: [`path:${spec.keyFile}`],
				locks: [`path:${spec.keyFile}`],
				reach: 'remote',
				title: `IAM user ${spec.name}`,
			},
			edges,
		),
		spec,
	);

export const iamUserType: ResourceType<IamUserSpec, IamUserState> = {
	name: 'iam-user',
	settle: 10,
	async inspect({access, name, keyFile}, host) {
		const user = await looking(host, access, looks, async () => (await client()).userNow(access, name));
		if (user !== undefined && user.more.length > 0)
			throw new Fault(
				'aws.more-rights',
				`the IAM user ${name} has more than a policy of its own: ${user.more.join(', ')}`,
				'A key with more rights than the application needs does not belong on a web server: answer another name.',
			);
		return {user, key: (await readKeyFile(host, keyFile))?.id, bytes: await host.read(keyFile)};
	},
	diff({name, policy, keyFile}, state) {
		const {user, key} = state === 'absent' ? {user: undefined, key: undefined} : state;
		const has = user?.policies[policy.name] ?? null;
		return [
			...(user === undefined
				? [{key: 'user', what: `IAM user ${name}`, from: null, to: 'may do what its policy says'}]
				: []),
			...(sameText(has, policyOf(policy.statements))
				? []
				: [{key: 'policy', what: `policy ${policy.name}`, from: has, to: policyOf(policy.statements)}]),
			...Object.keys(user?.policies ?? {})
				.filter(one => one !== policy.name)
				.map((one): Change => ({key: 'surplus', item: one, what: `policy ${one}`, from: 'there', to: null})),
			...(key !== undefined && user?.keys.includes(key)
				? []
				: [{key: 'key', what: `access key in ${keyFile}`, from: key ?? null, to: 'a new one'}]),
		];
	},
	holds: ({name}) => [{thing: `iam-user:${name}`}],
	undoOf: ({access, name, policy, keyFile}, {user, bytes}) => ({
		can: true,
		record: {
			access: accessRecord(access),
			name,
			policy: policy.name,
			set: policyOf(policy.statements),
			was: user === undefined ? null : {policies: {...user.policies}, keys: [...user.keys]},
			keyFile,
		},
		keep: [...accessKeep(access), ...(bytes === undefined ? [] : [bytes])],
	}),
	async apply(spec, {bytes}, changes, host) {
		const {access, name, policy} = spec;
		const {makeUser, setPolicy} = await client();
		const does = (key: string): boolean => changes.some(change => change.key === key);
		await host.act(`IAM user ${name}`, () =>
			changing(sets, async () => {
				if (does('user')) await makeUser(access, name);
				if (does('policy')) await setPolicy(access, name, policy.name, policyOf(policy.statements));
				for (const {key, item} of changes)
					if (key === 'surplus' && item !== undefined) await setPolicy(access, name, item, undefined);
			}),
		);
		if (does('key')) await host.act(`access key of ${name}`, () => newKey(spec, bytes, host));
	},
	async undo(raw, host, {kept}) {
		const {name, policy, set, was, keyFile, ...rest} = raw as unknown as Made;
		const access = accessFrom(rest.access, kept);
		const {removeKey, removeUser, setPolicy, userNow} = await client();
		const now = await looking(host, access, looks, () => userNow(access, name));
		const key = (await readKeyFile(host, keyFile))?.id;
		const ours = key !== undefined && was?.keys.includes(key) !== true;
		if (now === undefined && !ours) return {outcome: 'already'};
		let removed = true;
		if (now !== undefined)
			await host.act(`IAM user ${name} as before`, () =>
				changing(sets, async () => {
					if (ours) await removeKey(access, name, key);
					if (sameText(now.policies[policy] ?? null, set)) await setPolicy(access, name, policy, was?.policies[policy]);
					for (const [one, text] of Object.entries(was?.policies ?? {}))
						if (one !== policy && now.policies[one] === undefined) await setPolicy(access, name, one, text);
					if (was === null) removed = await removeUser(access, name);
				}),
			);
		if (ours) await putBack(keyFile, kept[1], host);
		return removed
			? {outcome: 'undone'}
			: {outcome: 'kept', why: `the IAM user ${name} has policies, groups or keys of others by now`};
	},
};

type Made = {
	readonly access: Json;
	readonly name: string;
	readonly policy: string;
	readonly set: string;
	/** null: setup made it. */
	readonly was: {readonly policies: Readonly<Record<string, string>>; readonly keys: readonly string[]} | null;
	readonly keyFile: string;
};

const looks =
	'iam:GetUser, iam:GetUserPolicy, iam:ListUserPolicies, iam:ListAttachedUserPolicies, iam:ListGroupsForUser and iam:ListAccessKeys';
const sets = 'iam:CreateUser, iam:PutUserPolicy, iam:DeleteUserPolicy, iam:CreateAccessKey and iam:DeleteAccessKey';

const client = () => import('#host/aws/iam-users.ts');

/** AWS gives a user two keys at most, and one that nobody knows is of no use to anybody: it goes again when its file cannot be written. */
const newKey = async (
	{access, name, keyFile}: IamUserSpec,
	bytes: Uint8Array | undefined,
	host: Host,
): Promise<void> => {
	const {makeKey, removeKey} = await client();
	const made = await changing(sets, () => makeKey(access, name));
	if (made === undefined)
		throw new Fault(
			'aws.keys-full',
			`the IAM user ${name} has two access keys already, and neither is in ${keyFile}`,
			'Delete the one that nobody uses (aws iam list-access-keys, delete-access-key), then run the same command again.',
		);
	try {
		await host.replace(keyFile, keyFileText(made), {
			was: bytes === undefined ? 'absent' : sha256(bytes),
			mode: 0o600,
			owner: 'root:root',
		});
	} catch (error) {
		await removeKey(access, name, made.id);
		throw error;
	}
};

const putBack = async (path: string, old: Uint8Array | undefined, host: Host): Promise<void> => {
	const now = await host.read(path);
	if (now === undefined) return;
	if (old === undefined) await clear(host, path);
	else await host.replace(path, old, {was: sha256(now)});
};
