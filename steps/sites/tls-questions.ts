/** The question of how a site comes to https: the choices, each with what it means for who visits it. */
import {z} from 'zod';
import {absolutePath, addressOrNetwork, email, url} from '#answers/questions/questions.ts';
import {letsEncrypt} from './acme.ts';
import {hstsQuestion} from './site-hsts.ts';

/** `without`: what a stack cannot do. The type is that of all choices: a narrower question gives no other answers. */
export const tlsQuestion = (without: readonly ('none' | 'proxy')[] = []) => {
	const every = z.discriminatedUnion('by', choices());
	const some = choices().filter(one => !without.some(by => one.shape.by.safeParse(by).success));
	return (without.length === 0 ? every : (z.discriminatedUnion('by', some as never) as unknown as typeof every)).meta({
		title: 'Certificate',
		help: 'With one, port 80 only leads to https.',
	});
};

/** What an ACME authority is told, and which. */
export const acmeQuestions = () => ({
	email: email().optional().meta({
		title: 'Address of mail',
		help: 'The authority writes to it where something goes wrong.',
		example: 'admin@example.org',
	}),
	server: url({protocols: ['https']})
		.default(letsEncrypt)
		.meta({
			title: 'Directory of the authority',
			help: 'Of another one that speaks ACME: that of a company, whose certificate this host must trust.',
			from: 'setup',
		}),
});

const choices = () =>
	[
		z.strictObject({
			by: z.literal('files').meta({title: 'Files of yours', help: 'From an authority that your visitors trust.'}),
			certificate: absolutePath().meta({
				reads: 'path',
				title: 'Certificate',
				help: 'PEM: the certificate itself first, then those between it and the authority.',
				example: '/etc/ssl/certs/site.pem',
			}),
			key: absolutePath().meta({
				reads: 'path',
				title: 'Its private key',
				help: 'PEM, without a passphrase; only root may read it.',
				example: '/etc/ssl/private/site.key',
			}),
			hsts: hstsQuestion(),
		}),
		z.strictObject({
			by: z.literal('self-signed').meta({
				title: 'One that signs itself',
				help: 'Nobody on the way can read along; every browser warns once, because nobody vouches for it.',
			}),
			days: z
				.int()
				.min(31)
				.max(3650)
				.default(825)
				.meta({title: 'Days', help: 'Made again a month before its end, by the next apply.', from: 'setup'}),
		}),
		z.strictObject({
			by: z.literal('certbot').meta({
				title: "Let's Encrypt, by certbot",
				help: 'Every browser takes it, and a timer renews it. The name must lead to this host, and port 80 be open to all: the authority asks there. Choosing it agrees to its terms.',
			}),
			...acmeQuestions(),
			hsts: hstsQuestion(),
		}),
		z.strictObject({
			by: z.literal('proxy').meta({
				title: 'A proxy before this host does it',
				help: 'It has the certificate and asks this host by http on port 80: over a network that nobody else reads.',
			}),
			addresses: z
				.array(addressOrNetwork())
				.min(1)
				.meta({
					title: 'Addresses of the proxy',
					help: 'Addresses or networks from which it asks. What it tells of the visitor (X-Forwarded-For) and of https (X-Forwarded-Proto) is taken from there alone.',
					example: ['192.0.2.10'],
				}),
			only: z.boolean().default(false).meta({
				title: 'Answer it alone',
				help: 'Whoever else asks on port 80 gets 403, but for this host itself.',
				from: 'setup',
			}),
		}),
		z.strictObject({
			by: z.literal('none').meta({
				title: 'None: the site answers on port 80',
				help: 'Passwords travel in the clear: only for a host that nobody but a proxy of yours reaches.',
			}),
		}),
	] as const;
