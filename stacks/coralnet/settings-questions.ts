/** What is asked for the application's settings, whichever generation of it is checked out: names that both take stand once. */
import {z} from 'zod';
import {email, hostName, oneLine, secret, timeZone, url} from '#answers/questions/questions.ts';
import {furtherSettings} from '#steps/shared/python-value.ts';

/** Of the IAM user that setup makes. */
export const keyFile = '/etc/coralnet/aws-key';

/** Of those processes that ask the store: today's release takes keys and address from there alone. */
export const environmentFile = '/etc/coralnet/environment';

const endpoint = () =>
	url({protocols: ['http', 'https']})
		.optional()
		.meta({
			title: 'Address of the store',
			help: "Of one of your own that speaks as S3 does; without it AWS is asked. Today's release takes it, the guide's revision knows AWS alone.",
			example: 'https://store.example.org:9000',
		});

const bucket = z.discriminatedUnion('credentials', [
	z.strictObject({
		credentials: z.literal('role').meta({
			title: 'The role of this instance',
			help: "AWS hands this host its keys; nothing is stored. Today's release takes no others.",
		}),
		name: oneLine({max: 63}).default('coralnet').meta({title: 'Bucket', help: 'Where images are kept.', from: 'setup'}),
		region: oneLine({max: 40}).default('us-west-2').meta({title: 'Region', help: 'Of the bucket.', from: 'guide'}),
		endpoint: endpoint(),
	}),
	z.strictObject({
		credentials: z.literal('keys').meta({title: 'Keys of an IAM user', help: 'As the guide has it.'}),
		name: oneLine({max: 63}).meta({title: 'Bucket', help: 'Where images are kept.', example: 'coralnet-images'}),
		region: oneLine({max: 40}).default('us-west-2').meta({title: 'Region', help: 'Of the bucket.', from: 'guide'}),
		endpoint: endpoint(),
		id: oneLine({max: 128}).meta({title: 'Access key ID', help: 'Of the IAM user.', example: 'AKIA…'}),
		key: secret({generate: 'never'}).meta({title: 'Secret access key', help: 'Of the IAM user.'}),
	}),
	z.strictObject({
		credentials: z.literal('made').meta({
			title: 'Keys of an IAM user that setup makes',
			help: `With aws.by: setup. They lie in ${keyFile} (root alone), and where the application takes them from.`,
		}),
		name: oneLine({max: 63}).meta({title: 'Bucket', help: 'Where images are kept.', example: 'coralnet-images'}),
		region: oneLine({max: 40}).default('us-west-2').meta({title: 'Region', help: 'Of the bucket.', from: 'guide'}),
		endpoint: endpoint(),
	}),
]);

/** Of the guide's revision, which brings one. */
const siteFile = z.discriminatedUnion('as', [
	z.strictObject({as: z.literal('setup').meta({title: "setup's own"})}),
	z.strictObject({
		as: z.literal('copy').meta({title: "The repository's, as a copy that is root's"}),
		accept: z
			.array(z.string().regex(/^[a-z][a-z0-9_]*$/, {error: 'must be the name of a directive of nginx'}))
			.default([])
			.meta({
				title: 'Directives to accept in it',
				help: "What makes root's nginx load code, or open what others may write, is refused and named. Those that are meant are listed here.",
				from: 'setup',
			}),
	}),
	z.strictObject({
		as: z.literal('link').meta({
			title: "The repository's, as a link into the checkout, as the guide has it",
			help: "Whoever may write the checkout becomes root at the next reload: that is the application's user, and whoever breaks into the application.",
		}),
	}),
]);

/** The section `app-settings`. */
export const questions = z.strictObject({
	site: hostName().meta({
		title: 'Name of the site',
		help: 'Under which visitors ask for it; any other is refused.',
		example: 'coralnet.example.org',
	}),
	into: z
		.discriminatedUnion('file', [
			z.strictObject({
				file: z.literal('secrets.json').meta({
					title: 'secrets.json, beside the settings',
					help: 'The layout of the guide (2016).',
				}),
				mapsKey: oneLine({max: 200}).default('none').meta({
					title: 'Google Maps key',
					help: 'The settings want one; any text does without maps.',
					from: 'setup',
				}),
				siteFile: siteFile.prefault({as: 'setup'}).meta({
					title: 'Site file of nginx',
					help: "The repository's own passes neither the name that was asked for nor the scheme: they are written into it, whichever way it comes to nginx.",
					from: 'setup',
				}),
			}),
			z.strictObject({
				file: z.literal('.env').meta({
					title: '.env, at the top of the checkout',
					help: "Today's release. Its settings module is config.settings.",
				}),
				base: z.enum(['production', 'staging']).default('production').meta({
					title: 'SETTINGS_BASE',
					help: "'production' sends mail by Amazon SES; 'staging' writes it to files.",
					from: 'guide',
				}),
				admins: z
					.array(z.strictObject({name: oneLine({max: 100}), email: email()}))
					.min(1)
					.meta({
						title: 'Administrators',
						help: 'Who gets a mail when a page fails.',
						example: [{name: 'Ada', email: 'ada@example.org'}],
					}),
			}),
		])
		.prefault({file: 'secrets.json'})
		.meta({title: 'Where the settings lie', help: 'It depends on the revision that is checked out.', from: 'guide'}),
	secretKey: secret({generate: 'default', min: 50}).meta({
		title: 'SECRET_KEY',
		help: 'Signs sessions and password links; another one logs everybody out.',
		from: 'guide',
	}),
	timeZone: timeZone().meta({
		title: 'TIME_ZONE',
		help: 'In which the pages show times.',
		example: 'America/Los_Angeles',
	}),
	bucket: bucket
		.prefault({credentials: 'role'})
		.meta({title: 'S3 bucket', help: '`setup explain coralnet` says how it is made.', from: 'setup'}),
	further: furtherSettings.meta({
		title: 'Further settings',
		help: 'A list of {name: LANGUAGE_CODE, value: de}, written into the settings module. Names of secrets go where those are.',
		from: 'setup',
	}),
	furtherSecrets: z
		.array(
			z.strictObject({
				name: z.string().regex(/^[A-Z][A-Z0-9_]*$/, {error: 'must be a name such as GOOGLE_ANALYTICS_CODE'}),
				value: oneLine({min: 0}),
			}),
		)
		.default([])
		.meta({title: 'Further names in that file', help: 'A list of {name, value}.', from: 'setup'}),
});
