/** The listening sockets of a network namespace, read where the kernel shows them. */
import {existsSync, readFileSync} from 'node:fs';

export type Port = {readonly protocol: 'tcp' | 'udp'; readonly address: string; readonly port: number};

/** `tcp 0.0.0.0:80` */
export const showPort = (port: Port): string =>
	`${port.protocol} ${port.address.includes(':') ? `[${port.address}]` : port.address}:${port.port}`;

/** The listening sockets in the network namespace of a process. */
export const portsOf = (leader: number): readonly Port[] => {
	const found = (['tcp', 'tcp6', 'udp', 'udp6'] as const).flatMap(table =>
		rows(`/proc/${leader}/net/${table}`).flatMap((fields): readonly Port[] => {
			const [address = '', port = '0'] = (fields[1] ?? '').split(':');
			const listening = table.startsWith('tcp') ? fields[3] === '0A' : fields[3] === '07';
			return listening
				? [
						{
							protocol: table.startsWith('tcp') ? 'tcp' : 'udp',
							address: showAddress(address),
							port: Number.parseInt(port, 16),
						},
					]
				: [];
		}),
	);
	return found.sort((a, b) => a.port - b.port || (a.address < b.address ? -1 : 1));
};

const rows = (path: string): readonly (readonly string[])[] =>
	existsSync(path)
		? readFileSync(path, 'utf8')
				.split('\n')
				.slice(1)
				.filter(line => line !== '')
				.map(line => line.trim().split(/\s+/))
		: [];

/** The kernel prints addresses as 32-bit words in the machine's byte order. */
const showAddress = (hex: string): string => {
	const bytes = (hex.match(/.{8}/g) ?? []).flatMap(word => (word.match(/../g) ?? []).reverse());
	if (bytes.length === 4) return bytes.map(byte => Number.parseInt(byte, 16)).join('.');
	if (bytes.every(byte => byte === '00')) return '::';
	if (/^(00){15}01$/.test(bytes.join(''))) return '::1';
	return (bytes.join('').match(/.{4}/g) ?? []).join(':');
};
