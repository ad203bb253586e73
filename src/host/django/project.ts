/** A Django project as an installation has it: who runs it, with which interpreter, from where. */
import type {Text} from '#model/secret.ts';
import type {Unknown} from '#model/unknown.ts';
import type {PostgresServer} from '../postgres/client.ts';

export type DjangoProject = {
	/** The interpreter of its environment: /usr/bin/python3, /srv/app/venv/bin/python. */
	readonly python: string;
	/** Where manage.py lies: working directory and first in sys.path. */
	readonly directory: string;
	/** ipynbsrv.settings */
	readonly settings: string;
	/** Everything is run and owned by this account. */
	readonly user: string;
	/** Why its program is never asked: it would run as root, or as nobody knows whom. */
	readonly notAsked?: Unknown;
	/** Default manage.py; relative to the directory. */
	readonly manage?: string;
	readonly env?: Readonly<Record<string, string | Text>>;
	/** What its unit puts into its environment. Only its own Python is given it, by stdin: no program of root's is started with words of the application's. */
	readonly unitEnvironment?: Readonly<Record<string, Text>>;
	/** Lets a look ask SQL instead of starting Django. */
	readonly database?: {
		readonly server: PostgresServer;
		readonly name: string;
		/** Who logs in for the application, where the superuser asks: what that one may do is asked about. */
		readonly role?: string;
		/** Where SQL is refused, Django is asked, and says why. */
		readonly orDjango?: true;
	};
	/** The name of its superuser, where a step knows it. */
	readonly superuser?: string;
};
