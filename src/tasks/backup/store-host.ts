/** Where a store elsewhere is reached: a copy of this host may go there, and to no other place beside those that the answers name. */
import {isLocal} from '#host/restic/repository.ts';

/** Undefined for a directory, and where the place does not say it. Exported for prove and its test. */
export const hostOfStore = (place: string): {readonly host: string; readonly port: number} | undefined => {
	if (isLocal(place)) return undefined;
	const ssh = /^sftp:(?:\/\/)?(?:[^@/]*@)?(\[[^\]]+\]|[^:/]+)(?::(\d+)(?=\/))?/.exec(place);
	if (ssh) return {host: ssh[1]!.replace(/^\[|\]$/g, ''), port: Number(ssh[2] ?? 22)};
	const url = /^(?:s3|rest):(https?:\/\/.*)$/.exec(place)?.[1];
	if (url === undefined || !URL.canParse(url)) return undefined;
	const {hostname, port, protocol} = new URL(url);
	return {host: hostname, port: Number(port || (protocol === 'https:' ? 443 : 80))};
};
