import {isIPv6} from 'node:net';
import {z} from 'zod';
import {address, oneLine, secret, url} from '#answers/questions/questions.ts';
import {remoteLogins} from '#host/system/remote-logins.ts';
import {defineStep} from '#model/step.ts';
import {iamUser} from '#resources/aws/iam-user.ts';
import {awsKeyThere} from '#resources/aws/key-there.ts';
import {s3Bucket} from '#resources/aws/s3-bucket.ts';
import {securityGroup} from '#resources/aws/security-group.ts';
import '../offers.ts';

/** What the guide has clicked in AWS's console: by setup where it gets keys for it, else told by `setup explain`. */
export const aws = defineStep({
	id: 'aws',
	title: 'AWS',
	about:
		"The bucket with its policy, the security groups, and the application's own user of IAM: made and taken back by setup with keys of somebody who may, or clicked by hand as `setup explain coralnet` says.",
	guide: 'CoralNet: IAM user; S3 bucket; EC2 Linux instance (Security Group)',
	uses: {bucket: 'bucket', site: 'site', certificate: 'certificate?', database: 'database'},
	facts: {remoteLogins},
	questions: z
		.discriminatedUnion('by', [
			z.strictObject({
				by: z.literal('hand').meta({
					title: 'By hand, or not at all',
					help: '`setup explain coralnet` prints what to click; nothing of AWS is asked or loaded.',
				}),
			}),
			z.strictObject({
				by: z.literal('setup').meta({title: 'By setup, with an access key'}),
				id: oneLine({max: 128}).meta({
					title: 'Access key ID',
					help: 'Of somebody who may make buckets, security groups and users of IAM. The application never gets it.',
					example: 'AKIA…',
				}),
				key: secret({generate: 'never'}).meta({
					title: 'Secret access key',
					help: "Kept with the undo, readable by root alone: what was made can then be taken back. Delete the key in AWS's console when neither is wanted any more.",
				}),
				endpoint: url().optional().meta({
					title: 'Endpoint',
					help: 'Of a store of your own that speaks as AWS does. Without it AWS is asked.',
					example: 'https://store.example.org:9000',
				}),
				from: z
					.array(address())
					.min(1)
					.meta({
						title: 'Addresses of those who log in',
						help: 'Port 22 is open to these and to nobody else (`curl https://checkip.amazonaws.com` tells yours).',
						example: ['203.0.113.7'],
					}),
				vpc: oneLine({max: 40})
					.regex(/^vpc-[0-9a-f]+$/, {error: 'must be like vpc-1a2b3c4d'})
					.optional()
					.meta({
						title: 'VPC',
						help: 'In which the instance is. Without it the default one of the region.',
						example: 'vpc-1a2b3c4d',
					}),
			}),
		])
		.prefault({by: 'hand'})
		.meta({
			title: 'Who sets up AWS?',
			help: 'The bucket, who may reach the hosts, whose keys the application has.',
			from: 'setup',
		}),
	defaults: ({facts}) =>
		facts.remoteLogins.length === 0 ? {} : {from: {value: facts.remoteLogins, from: 'who is logged in here'}},
	resources: (answers, {uses: {bucket, site, certificate, database}}) => {
		if (answers.by === 'hand')
			return bucket.keyFile === undefined ? [] : [awsKeyThere({path: bucket.keyFile, or: 'aws.by: setup'})];
		const {id, endpoint, vpc} = answers;
		const access = {region: bucket.region, id, key: [answers.key], endpoint};
		const arn = `arn:aws:s3:::${bucket.name}`;
		const everybody = ['0.0.0.0/0', '::/0'];
		return [
			s3Bucket({
				access,
				name: bucket.name,
				statements: [
					{
						Sid: 'Allow referral from my domains',
						Effect: 'Allow',
						Principal: '*',
						Action: 's3:GetObject',
						Resource: `${arn}/*`,
						Condition: {
							StringLike: {'aws:Referer': `${certificate === undefined ? 'http' : 'https'}://${site.host}/*`},
						},
					},
				],
				cors: [{AllowedOrigins: ['*'], AllowedMethods: ['GET'], AllowedHeaders: ['Authorization']}],
			}),
			securityGroup({
				access,
				name: 'coralnet-web',
				description: 'CoralNet: the web for everybody, SSH for those who look after it',
				vpc,
				rules: [
					...answers.from.map(one => ({port: 22, from: `${one}/${isIPv6(one) ? 128 : 32}`})),
					...[80, 443].flatMap(port => everybody.map(from => ({port, from}))),
				],
			}),
			...(database.local
				? []
				: [
						securityGroup({
							access,
							name: 'coralnet-database',
							description: 'CoralNet: the database, for the web server alone',
							vpc,
							rules: [{port: database.port, from: {group: 'coralnet-web'}}],
						}),
					]),
			...(bucket.keyFile === undefined
				? []
				: [
						iamUser({
							access,
							name: 'coralnet',
							policy: {
								name: 'coralnet-images',
								statements: [
									{
										Sid: 'Files',
										Effect: 'Allow',
										// The application sends a private ACL with each file, which is a right of its own.
										Action: ['s3:GetObject', 's3:PutObject', 's3:PutObjectAcl', 's3:DeleteObject'],
										Resource: `${arn}/*`,
									},
									{Sid: 'Names', Effect: 'Allow', Action: ['s3:ListBucket', 's3:GetBucketLocation'], Resource: arn},
								],
							},
							keyFile: bucket.keyFile,
						}),
					]),
		];
	},
});
