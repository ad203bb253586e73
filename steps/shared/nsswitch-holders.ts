/**
 * Who holds nsswitch.conf once it is read. Before glibc 2.33 (Debian 11) a process reads that file once in its life, and nscd, which nslcd
 * recommends, is started before it changes: such a host never finds a user of the directory.
 */
import type {Edges} from '#model/resource.ts';

/** The caches that answer getent. */
export const nameCaches = ['nscd.service', 'unscd.service', 'sssd.service'] as const;

/** What an edit of nsswitch.conf owes: those that do not run are left alone. */
export const nsswitchDebts: NonNullable<Edges['owes']> = [...nameCaches, 'cron.service', 'rsyslog.service'].map(
	unit => ({
		unit,
		do: 'restart',
	}),
);
