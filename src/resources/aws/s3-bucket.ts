/**
 * A bucket of S3 with what the application needs of it and no more: ACLs, because it sends a private one with each file; public ACLs blocked; who may
 * read, and which pages may show what is in it. What others set on a bucket that was there stays, and one that holds anything is never removed.
 */
import {type AwsAccess, accessFrom, accessKeep, accessRecord, changing, looking} from '#host/aws/aws-access.ts';
import type {BucketNow, BucketSettings} from '#host/aws/aws-things.ts';
import {Fault} from '#model/fault.ts';
import type {Json} from '#model/json.ts';
import {type Change, type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {withEdges} from '../shared/edges.ts';
import {holdsStatements, type Statement, sameDocument, sameText, withStatements} from './documents.ts';

export type S3BucketSpec = {
	readonly access: AwsAccess;
	readonly name: string;
	/** Of its policy; each has a Sid, by which it is found again. */
	readonly statements: readonly Statement[];
	readonly cors: readonly Readonly<Record<string, unknown>>[];
};

export type S3BucketState = Exclude<BucketNow, 'foreign'>;

/** Another server's: a rehearsal only looks. */
export const s3Bucket = (spec: S3BucketSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		s3BucketType,
		withEdges(
			{
				id: `s3-bucket:${spec.name}`,
				provides: [`done:s3-bucket:${spec.name}`],
				locks: [`s3:${spec.name}`],
				reach: 'remote',
				holdsData: true,
				title: `Bucket ${spec.name}`,
			},
			edges,
		),
		spec,
	);

export const s3BucketType: ResourceType<S3BucketSpec, S3BucketState> = {
	name: 's3-bucket',
	settle: 10,
	async inspect({access, name}, host) {
		const now = await looking(host, access, looks, async () => (await client()).bucketNow(access, name));
		if (now === 'foreign')
			throw new Fault(
				'aws.bucket-taken',
				`the bucket ${name} is another account's, or closed to the key ${access.id}`,
				'Names of buckets are everybody’s: answer another one, or a key that may use it.',
			);
		return now;
	},
	diff(spec, state) {
		const {name, access, statements, cors} = spec;
		const change = (key: Piece, what: string, from: Json, to: Json): Change => ({key, what, from, to});
		const allowed = statements.map(one => one.Sid).join(', ');
		if (state === 'absent')
			return [
				{key: 'bucket', what: `bucket ${name}`, from: null, to: access.region},
				change('ownership', 'ACLs', null, 'on'),
				change('block', 'public ACLs', null, 'blocked'),
				change('cors', 'CORS', null, shown(cors)),
				change('policy', 'policy', null, allowed),
			];
		const {ownership, block, policy} = state;
		return [
			...(ownership === 'BucketOwnerEnforced' ? [change('ownership', 'ACLs', 'off', 'on')] : []),
			...(block === 'unsupported' || (block !== null && sameDocument(block, wantedBlock))
				? []
				: [change('block', 'public access block', block === null ? null : on(block), on(wantedBlock))]),
			...(state.cors === 'unsupported' || cors.every(one => hasRule(state.cors, one))
				? []
				: [change('cors', 'CORS', shown(state.cors), shown(cors))]),
			...(policy === 'unsupported' || holdsStatements(policy, statements)
				? []
				: [change('policy', 'policy', policy === null ? null : 'without, or with another', allowed)]),
		];
	},
	holds: ({name}) => [{thing: `s3:${name}`}],
	unsaved: ({name}) => [`the bucket ${name}`],
	undoOf: (spec, state) => ({
		can: true,
		record: {
			access: accessRecord(spec.access),
			name: spec.name,
			was: state as unknown as Json,
			set: wanted(spec, state) as unknown as Json,
		},
		keep: accessKeep(spec.access),
	}),
	async apply(spec, state, changes, host) {
		const {access, name} = spec;
		await host.act(`bucket ${name}`, () =>
			changing(sets, async () => {
				const {makeBucket, setBucket} = await client();
				if (state === 'absent') await makeBucket(access, name);
				const all = wanted(spec, state);
				const pieces = Object.entries(all).filter(([piece]) => changes.some(({key}) => key === piece));
				await setBucket(access, name, Object.fromEntries(pieces));
			}),
		);
	},
	async undo(record, host, {kept}) {
		const {name, was, set, ...rest} = record as unknown as Made;
		const access = accessFrom(rest.access, kept);
		const {bucketNow, removeEmptyBucket, setBucket} = await client();
		const now = await looking(host, access, looks, () => bucketNow(access, name));
		if (now === 'absent') return {outcome: 'already'};
		if (now === 'foreign')
			return {outcome: 'conflict', why: `the bucket ${name} is closed to the key ${access.id} by now`};
		if (was === 'absent') {
			let removed = false;
			await host.act(`remove the bucket ${name}`, async () => {
				removed = await changing('s3:DeleteBucket', () => removeEmptyBucket(access, name));
			});
			return removed
				? {outcome: 'undone'}
				: {outcome: 'kept', why: `the bucket ${name} holds files: take them away yourself, and it after them`};
		}
		const back = pieces.filter(piece => !same(piece, now, was) && same(piece, now, set));
		const others = pieces.filter(piece => !same(piece, now, was) && !same(piece, now, set));
		if (back.length > 0)
			await host.act(`bucket ${name} as before`, () =>
				changing(sets, () => setBucket(access, name, Object.fromEntries(back.map(piece => [piece, was[piece]])))),
			);
		if (others.length > 0)
			return {outcome: 'conflict', why: `${others.join(', ')} of the bucket ${name} was changed since`};
		return {outcome: back.length > 0 ? 'undone' : 'already'};
	},
};

type Piece = keyof BucketSettings;
const pieces: readonly Piece[] = ['ownership', 'block', 'cors', 'policy'];

type Made = {
	readonly access: Json;
	readonly name: string;
	readonly was: 'absent' | BucketSettings;
	readonly set: BucketSettings;
};

const looks =
	's3:ListBucket, s3:GetBucketPolicy, s3:GetBucketCORS, s3:GetBucketPublicAccessBlock and s3:GetBucketOwnershipControls';
const sets =
	's3:CreateBucket, s3:PutBucketPolicy, s3:PutBucketCORS, s3:PutBucketPublicAccessBlock and s3:PutBucketOwnershipControls';

/** A policy that lets everybody with the right Referer read is public to AWS: the last two must be off. */
const wantedBlock = {
	BlockPublicAcls: true,
	IgnorePublicAcls: true,
	BlockPublicPolicy: false,
	RestrictPublicBuckets: false,
};

const client = () => import('#host/aws/bucket.ts');

/** Every piece as it will be, with what others set there. */
const wanted = ({statements, cors}: S3BucketSpec, state: S3BucketState): BucketSettings => {
	const is = state === 'absent' ? {ownership: null, block: null, cors: [], policy: null} : state;
	return {
		ownership: is.ownership === 'BucketOwnerEnforced' || state === 'absent' ? 'ObjectWriter' : is.ownership,
		block: is.block === 'unsupported' ? is.block : wantedBlock,
		cors: is.cors === 'unsupported' ? is.cors : [...is.cors, ...cors.filter(one => !hasRule(is.cors, one))],
		policy: is.policy === 'unsupported' ? is.policy : withStatements(is.policy, statements),
	};
};

const hasRule = (rules: BucketSettings['cors'], wantedOne: Readonly<Record<string, unknown>>): boolean =>
	rules !== 'unsupported' && rules.some(one => sameDocument(one, wantedOne));

const same = (piece: Piece, one: BucketSettings, other: BucketSettings): boolean =>
	piece === 'policy' ? sameText(one.policy, other.policy) : sameDocument(one[piece], other[piece]);

const on = (block: Readonly<Record<string, boolean | undefined>>): readonly string[] =>
	Object.keys(block).filter(key => block[key] === true);

const shown = (rules: BucketSettings['cors']): Json =>
	rules === 'unsupported' || rules.length === 0
		? null
		: rules.map(one => `${String(one['AllowedMethods'])} from ${String(one['AllowedOrigins'])}`);
