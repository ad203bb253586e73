/** The names that the application's settings ask for, with their values: each that is missing stops manage.py, one error at a time. */
import type {z} from 'zod';
import type {AwsKey} from '#host/aws/key-file.ts';
import type {Offers} from '#model/offers.ts';
import type {NamedValues} from './settings-files.ts';
import type {questions} from './settings-questions.ts';

/** Every name that stops manage.py while it is missing, in the order in which it asks for them. `made`: a key that setup made, once it is there. */
export const valuesOf = (
	{site, into, secretKey, timeZone: zone, bucket: store, furtherSecrets}: z.output<typeof questions>,
	database: Offers['database'],
	made?: AwsKey,
): NamedValues => {
	const env = into.file === '.env';
	// Today's release overrules them for a server: see environmentOf.
	const keys: NamedValues = env
		? []
		: (keysOf(store, made) ?? [
				['AWS_ACCESS_KEY_ID', ''],
				['AWS_SECRET_ACCESS_KEY', ''],
			]);
	return [
		...(env ? ([['SETTINGS_BASE', into.base]] as const) : []),
		[env ? 'SECRET_KEY' : 'DJANGO_SECRET_KEY', [secretKey]],
		...(env ? [] : ([['GOOGLE_MAPS_API_KEY', into.mapsKey]] as const)),
		['DATABASE_NAME', database.name],
		['DATABASE_USER', database.role],
		['DATABASE_PASSWORD', [database.password]],
		['DATABASE_HOST', database.host],
		['DATABASE_PORT', String(database.port)],
		...keys,
		['AWS_STORAGE_BUCKET_NAME', store.name],
		...(env
			? ([
					['EXTRACTORS_BUCKET', store.name],
					['AWS_S3_REGION', store.region],
					['SITE_DOMAIN', site],
					['ADMINS', into.admins.map(one => `${one.name} <${one.email}>`).join(', ')],
					['CAROUSEL_IMAGE_COUNT', '0'],
					['CAROUSEL_IMAGE_POOL', ''],
					['CORALNET_1_15_DATE', '2023-01-01T00:00:00+00:00'],
				] as const)
			: []),
		['TIME_ZONE', zone],
		...furtherSecrets.map(({name, value}) => [name, value] as const),
	];
};

/**
 * What today's processes find in their environment and nowhere else: its settings know no keys on a server, and leave the store's address to the client.
 * Empty where the role of the instance has it all.
 */
export const environmentOf = ({into, bucket}: z.output<typeof questions>, made?: AwsKey): NamedValues => {
	if (into.file !== '.env') return [];
	const keys = bucket.credentials === 'role' ? [] : (keysOf(bucket, made) ?? [['AWS_ACCESS_KEY_ID', '']]);
	if (keys.length === 0 && bucket.endpoint === undefined) return [];
	return [
		['AWS_DEFAULT_REGION', bucket.region],
		...keys,
		...(bucket.endpoint === undefined ? [] : [['AWS_ENDPOINT_URL', bucket.endpoint] as const]),
	];
};

const keysOf = (store: z.output<typeof questions>['bucket'], made: AwsKey | undefined): NamedValues | undefined => {
	const held = store.credentials === 'keys' ? store : made;
	return (
		held && [
			['AWS_ACCESS_KEY_ID', held.id],
			['AWS_SECRET_ACCESS_KEY', [held.key]],
		]
	);
};
