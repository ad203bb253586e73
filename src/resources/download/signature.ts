/** Is the file signed by the key whose primary fingerprint the operator named? With a keyring of its own, so that nothing the host trusts counts. */
import {Fault} from '#model/fault.ts';
import type {Host} from '#model/host.ts';

/** Throws Fault download.signature. The three files are already here; the keyring lives in `home` (0700), which is removed. */
export const verifySignature = async (
	host: Host,
	home: string,
	files: {readonly file: string; readonly signature: string; readonly key: string},
	fingerprint: string,
): Promise<void> => {
	const gpg = ['gpg', '--homedir', home, '--batch', '--no-tty', '--no-autostart', '--quiet'];
	const lines: string[] = [];
	const onLine = (line: string): void => void lines.push(line);
	await host.exec([...gpg, '--import', files.key], {codes: [0, 2], onLine});
	await host.exec([...gpg, '--trust-model', 'always', '--status-fd', '1', '--verify', files.signature, files.file], {
		codes: [0, 1, 2],
		onLine,
	});
	const judged = judgeStatus(lines, fingerprint);
	if (judged !== undefined)
		throw new Fault(
			'download.signature',
			judged,
			"Do not install it. Compare the fingerprint with the one on the project's own site, and fetch the file again.",
			{details: lines.filter(line => !line.startsWith('[GNUPG:]')).slice(-10)},
		);
};

/** Why gpg's status lines do not prove a signature by that primary key; undefined when they do. */
export const judgeStatus = (lines: readonly string[], fingerprint: string): string | undefined => {
	const status = lines
		.filter(line => line.startsWith('[GNUPG:] '))
		.map(line => line.slice('[GNUPG:] '.length).trim().split(' '));
	const has = (word: string): boolean => status.some(([first]) => first === word);
	if (has('BADSIG')) return 'the signature does not belong to this file: one of the two was changed';
	if (has('REVKEYSIG')) return 'the key of the signature was revoked by its owner';
	if (has('EXPSIG')) return 'the signature has expired';
	const valid = status.find(([first]) => first === 'VALIDSIG');
	if (!valid)
		return has('NO_PUBKEY') || has('ERRSIG')
			? 'the signature was made with another key than the one given'
			: 'there is no valid signature';
	const made = valid.at(-1) ?? '';
	return plain(made) === plain(fingerprint) ? undefined : `the file is signed by ${made}, not by ${plain(fingerprint)}`;
};

const plain = (fingerprint: string): string => fingerprint.replace(/\s+/g, '').replace(/^0x/i, '').toUpperCase();
