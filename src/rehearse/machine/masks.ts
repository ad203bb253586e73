/**
 * A copy of a machine that boots would do all the machine does: send its queue, run its cron jobs, write to its databases.
 * So everything that is enabled is masked, but for a short list without which a machine is none.
 */
import {existsSync, lstatSync, mkdirSync, readdirSync, realpathSync, symlinkSync} from 'node:fs';
import {basename, join} from 'node:path';

/** What is left to start: the machine itself, its log, its bus, its names, its logins. The network is ready before it boots, so that nothing has to configure it. */
const base =
	/^(systemd-(journald|journald-dev-log|journald-audit|journal-flush|journal-catalog-update|tmpfiles.*|sysusers|resolved|logind|user-sessions|update-utmp.*|udevd.*|udev-trigger|ask-password.*|initctl|random-seed|hwdb-update|machine-id-commit|remount-fs|sysctl|update-done)|systemd-(journal.*)|dbus|dbus-broker|.*\.target|.*\.mount|.*\.slice|kmod-static-nodes|ldconfig|user@.*|user-runtime-dir@.*)(\.(service|socket|timer|path|target))?$/;

/** Data of these would be a torn copy: never started on what the host has, whatever the plan asks for. */
const databases =
	/^(postgresql|mysql|mariadb|mongod|mongodb|redis|redis-server|slapd|dirsrv|couchdb|elasticsearch|influxdb|cassandra)(@.*)?(\.(service|socket|target))?$/;

export type Masks = {
	/** Unit names to mask. */
	readonly masked: readonly string[];
	/** Asked for by the plan, and yet masked: databases that are on this host. */
	readonly held: readonly string[];
	/** Masked until they have fresh data. */
	readonly waiting: readonly string[];
};

/** Which units of the system below `root` must not start. `unmask` names what the plan itself starts, with or without `.service`; `fresh` those of databases that get data of their own. */
export const masksFor = (root: string, unmask: readonly string[], fresh: readonly RegExp[] = []): Masks => {
	const enabled = enabledUnits(root);
	const wanted = new Set(unmask.map(unitName));
	const waiting = enabled.filter(unit => fresh.some(units => units.test(unit)));
	const held = enabled.filter(
		unit =>
			databases.test(unit) && (wanted.has(unit) || wanted.has(unit.replace(/@.*\./, '.'))) && !waiting.includes(unit),
	);
	const masked = enabled.filter(
		unit => !base.test(unit) && (!wanted.has(unit) || held.includes(unit) || waiting.includes(unit)),
	);
	return {masked, held, waiting};
};

/**
 * A directory of masks to be seen at `/run/systemd/system.control`. Systemd reads that before /etc/systemd/system, so the
 * host's own unit files stay as they are and nothing of it shows among the changes.
 */
export const writeMasks = (directory: string, masked: readonly string[]): void => {
	mkdirSync(directory, {recursive: true, mode: 0o755});
	for (const unit of masked) if (!existsSync(join(directory, unit))) symlinkSync('/dev/null', join(directory, unit));
};

/** Every unit that something wants at boot, with the names its links lead to, sorted. */
export const enabledUnits = (root: string): readonly string[] => {
	const found = new Set<string>();
	for (const directory of [
		'etc/systemd/system',
		'usr/lib/systemd/system',
		'lib/systemd/system',
		'usr/local/lib/systemd/system',
	].map(path => join(root, path))) {
		for (const name of list(directory)) {
			if (/\.(wants|requires|upholds)$/.test(name))
				for (const unit of list(join(directory, name))) add(found, join(directory, name, unit));
			// An alias (sshd.service) is another way in.
			else if (directory.includes('etc/') && isLink(join(directory, name))) add(found, join(directory, name));
		}
	}
	for (const level of ['2', '3', '5', 'S']) {
		for (const name of list(join(root, `etc/rc${level}.d`)))
			if (/^S\d\d/.test(name)) found.add(`${name.slice(3).replace(/\.sh$/, '')}.service`);
	}
	return [...found].filter(unit => /\.(service|socket|timer|path)$/.test(unit)).sort();
};

const add = (found: Set<string>, link: string): void => {
	found.add(basename(link));
	try {
		const real = basename(realpathSync(link));
		if (!/@\.\w+$/.test(real) && real !== 'null') found.add(real);
	} catch {
		// It points into another root or nowhere; its own name is enough.
	}
};

const isLink = (path: string): boolean => {
	try {
		return lstatSync(path).isSymbolicLink();
	} catch {
		return false;
	}
};

const list = (directory: string): readonly string[] => {
	try {
		return readdirSync(directory);
	} catch {
		return [];
	}
};

const unitName = (name: string): string =>
	/\.(service|socket|timer|path|target)$/.test(name) ? name : `${name}.service`;
