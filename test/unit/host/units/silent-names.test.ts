/** Who would wait for the name of an account is told before whether anybody answers: by what is known of the services, else by one question. */
import {describe, expect, it} from 'vitest';
import {ownDirectory, refuseSilentNames, sourcesIn} from '#host/units/silent-names.ts';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {fileReader} from '../../support/file-reader.ts';

const withNames = 'passwd: files ldap\ngroup: files ldap\nhosts: files dns\n';

const hostOf = (files: Readonly<Record<string, string>>, silent: boolean): Reader & {asked: () => number} => {
	let asked = 0;
	const reader: Reader = {
		...fileReader(files),
		root: '/',
		fact: fact => fact.read(reader),
		probe: async argv => {
			asked += 1;
			if (silent) throw new Blocked({because: 'timeout', need: argv.join(' ')});
			return {code: 2, stdout: '', stderr: ''};
		},
	};
	return {...reader, asked: () => asked};
};

describe('names of accounts', () => {
	it('are asked for only where somebody else than files gives them', async () => {
		expect(sourcesIn(withNames)).toEqual(['ldap']);
		expect(sourcesIn('passwd: compat systemd\nhosts: files wins\n# passwd: sss\n')).toEqual([]);
		const host = hostOf({'/etc/nsswitch.conf': 'passwd: files systemd\n'}, true);
		await refuseSilentNames(host);
		expect(host.asked()).toBe(0);
	});

	it('that nobody gives are told, and a source that says no is well', async () => {
		await expect(refuseSilentNames(hostOf({'/etc/nsswitch.conf': withNames}, true))).rejects.toMatchObject({
			why: {because: 'timeout', need: expect.stringContaining('come from ldap as well')},
		});
		await refuseSilentNames(hostOf({'/etc/nsswitch.conf': withNames}, false));
	});

	it('of a directory on this host need lo, unless they come by its socket', async () => {
		const files = {'/etc/nsswitch.conf': withNames, '/sys/class/net/lo/flags': '0x8\n'};
		const byPort = hostOf({...files, '/etc/nslcd.conf': 'uri ldap://127.0.0.1/\n'}, false);
		await expect(refuseSilentNames(byPort)).rejects.toMatchObject({why: {need: expect.stringContaining('lo is down')}});
		expect(byPort.asked()).toBe(0);
		await refuseSilentNames(hostOf({...files, '/etc/nslcd.conf': 'uri ldapi:///\n'}, false));
		expect(ownDirectory('uri ldap://ldap.example.org/\n')).toBeUndefined();
	});
});
