/**
 * What a step needs to declare its questions, in one import. Each question ends with `.meta()` (what follows it would hide
 * it); conditions are discriminated unions of strict objects; defaults are `.default()`, or `.prefault()` where the type transforms.
 * @example
 * questions: z.discriminatedUnion('mode', [
 * 	z.strictObject({
 * 		mode: z.literal('local').meta({title: 'On this host'}),
 * 		database: pgIdentifier().default('ipynbsrv').meta({title: 'Database', help: 'Made if it is not there.', from: 'guide'}),
 * 		password: secret({generate: 'default'}).meta({title: 'Password of the role'}),
 * 	}),
 * 	z.strictObject({
 * 		mode: z.literal('existing').meta({title: 'A server that runs already'}),
 * 		host: hostOrAddress().meta({title: 'Server', example: 'db.example.org'}),
 * 	}),
 * ])
 */
declare module 'zod' {
	interface GlobalMeta {
		/** One or two sentences: what it is for, what happens when it is changed. `title` is the question itself. */
		help?: string | undefined;
		/** Where the schema's default comes from: 'guide', 'release', 'setup'. */
		from?: string | undefined;
		/** A valid answer, for the template where there is no default. */
		example?: unknown;
		/** How the type is called in help texts: 'host name'. The field types set it. */
		kind?: string | undefined;
		/** What the answer names: something on this host that a rehearsal on a bare system must bring along, or a server it must reach. */
		reads?: 'path' | 'server' | undefined;
		/** Asked on a screen only where it has an answer: another screen gives it. `unless hinted`: or where the host itself answers something of its step. */
		quiet?: boolean | 'unless hinted' | undefined;
		/** Titles of an enum's values. */
		choices?: Readonly<Record<string, string>> | undefined;
	}
}

export {
	absolutePath,
	address,
	addressOrNetwork,
	dn,
	email,
	hostName,
	hostOrAddress,
	mirrorPair,
	oneLine,
	pgIdentifier,
	port,
	sha256,
	timeZone,
	unixName,
	url,
} from './fields.ts';
export {secret} from './secret-question.ts';
