/** Whoever made a medium does not choose who vouches for its packages. */
import {execFileSync} from 'node:child_process';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {createReader} from '#host/reader.ts';
import type {Trust} from '#host/trust/who-may-write.ts';
import type {Fault} from '#model/fault.ts';
import {manifestText} from '#tasks/bundle/manifest.ts';
import {openBundle, refuseForeignKeys} from '#tasks/bundle/open.ts';

const trusting = (path: string): Trust => ({
	path,
	writers: path.startsWith('/home') ? [{kind: 'owner', accounts: ['eve'], words: 'the user eve', path}] : [],
	end: path.endsWith('absent.gpg') ? 'absent' : 'file',
	real: path === '/etc/link.gpg' ? '/var/cache/host-setup/media/a/files/evil.gpg' : path,
});
const judged = (signedBy: string): string => {
	const suite = {at: 'archives/0', from: 'x', suite: 'x', components: ['main'], signedBy, kind: 'deb'} as const;
	try {
		refuseForeignKeys('/root/medium.tar', {suites: [suite]}, trusting);
		return 'used';
	} catch (error) {
		return (error as {readonly code: string}).code;
	}
};

test.each([
	['', 'used'],
	['/usr/share/keyrings/debian-archive-keyring.gpg', 'used'],
	['/etc/apt/keyrings/docker.asc', 'used'],
	['/home/eve/evil.gpg', 'bundle.no-key'],
	['/var/cache/host-setup/media/a/files/evil.gpg', 'bundle.no-key'],
	['/var/lib/host-setup/stash/evil', 'bundle.no-key'],
	['/etc/link.gpg', 'bundle.no-key'],
	['/usr/share/keyrings/absent.gpg', 'bundle.no-key'],
])('%j: %s', (signedBy, expected) => expect(judged(signedBy)).toBe(expected));

test.runIf(process.getuid?.() === 0)('one that is packed is none: it could unpack without end', async () => {
	const directory = mkdtempSync(join(tmpdir(), 'medium-'));
	try {
		const manifest = {setup: '0', stack: 's', codename: 'none', architecture: 'none', has: [], packages: 0};
		writeFileSync(
			join(directory, 'manifest.json'),
			manifestText({...manifest, format: 1, suites: [], instead: [], files: {}}),
		);
		const opened = async (...options: readonly string[]): Promise<string> => {
			const medium = join(directory, 'medium.tar');
			execFileSync('tar', ['-c', ...options, '-f', medium, '-C', directory, 'manifest.json']);
			return openBundle(medium, createReader()).then(
				() => 'opened',
				(error: unknown) => (error as Fault).code,
			);
		};
		// The first is read as far as for which host it was made; tar would read the second as gladly.
		expect(await opened()).toBe('bundle.other-host');
		expect(await opened('-z')).toBe('bundle.unreadable');
	} finally {
		rmSync(directory, {recursive: true});
	}
});
