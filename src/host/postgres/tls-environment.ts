/** The environment by which libpq, and with it psql, pg_dump and Django, insists on TLS: settings seldom say it, and unasked it goes without where none is offered. */
import type {PostgresAddress} from './tcp.ts';

const trusted = '/etc/ssl/certs/ca-certificates.crt';

/** Empty where nothing is asked of the connection. */
export const tlsEnvironment = ({
	tls,
	ca,
}: {
	readonly tls?: PostgresAddress['tls'] | undefined;
	readonly ca?: string | undefined;
}): Readonly<Record<string, string>> =>
	tls === undefined || tls === 'off'
		? {}
		: tls === 'require'
			? {PGSSLMODE: 'require'}
			: {PGSSLMODE: 'verify-full', PGSSLROOTCERT: ca ?? trusted};
