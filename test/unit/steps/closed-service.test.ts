/** The text of a closed unit; what systemd makes of it is seen on a booted host (test/host/security/stack.test.ts). */
import {describe, expect, test} from 'vitest';
import {type ClosedService, closedService} from '#steps/shared/closed-service.ts';
import {mountUnitName} from '#steps/shared/nosuid-mount.ts';

const service: ClosedService = {
	description: 'an application',
	after: ['postgresql.service'],
	type: 'notify',
	user: 'app',
	group: 'www-data',
	runtimeDirectory: 'app',
	start: ['/usr/bin/app', '--ini', '/etc/app/50% $HOME.ini'],
	writes: ['/srv/app/data'],
	reads: ['/srv/app'],
	sockets: ['/run/other.sock'],
};

const valuesOf = (text: string, name: string): readonly string[] =>
	text
		.split('\n')
		.filter(line => line.startsWith(`${name}=`))
		.map(line => line.slice(name.length + 1));

describe('a closed unit', () => {
	test('writes its directories and nothing else, with no capability and no way to more', () => {
		const text = closedService(service);
		expect(valuesOf(text, 'ReadWritePaths')).toEqual(['/srv/app/data']);
		expect(valuesOf(text, 'CapabilityBoundingSet')).toEqual(['']);
		expect(valuesOf(text, 'AmbientCapabilities')).toEqual(['']);
		expect(text).toMatch(/^RestrictSUIDSGID=true$/m);
		expect(text).toMatch(/^ProtectHome=true$/m);
		expect(text).toMatch(/^InaccessiblePaths=-\/var\/lib\/host-setup$/m);
		expect(text).not.toContain('@chown');
	});

	test('hands its words on as they are', () => {
		expect(valuesOf(closedService(service), 'ExecStart')).toEqual(['/usr/bin/app --ini "/etc/app/50%% $$HOME.ini"']);
	});

	test('sees its own part of the homes when it lives in one', () => {
		const text = closedService({...service, writes: ['/home/app/data'], reads: ['/home/app']});
		expect(valuesOf(text, 'ProtectHome')).toEqual(['tmpfs']);
		expect(valuesOf(text, 'BindReadOnlyPaths')).toEqual(['/home/app']);
		expect(valuesOf(text, 'BindPaths')).toEqual(['/home/app/data']);
	});

	test('with a capability sees of the host only what is put back for it, and no socket that was not named', () => {
		const text = closedService({...service, capabilities: ['CAP_DAC_OVERRIDE']});
		const emptied = valuesOf(text, 'TemporaryFileSystem');
		expect(emptied).toEqual(expect.arrayContaining(['/etc:ro', '/var:ro', '/run:ro', '/root:ro', '/srv:ro']));
		const back = [...valuesOf(text, 'BindReadOnlyPaths'), ...valuesOf(text, 'BindPaths')];
		expect(back).toEqual(
			expect.arrayContaining([
				'/srv/app',
				'/srv/app/data',
				'/run/app',
				'-/run/other.sock',
				'-/run/other.sock:/var/run/other.sock',
			]),
		);
		expect(
			back.filter(path => /shadow|ssl\/private|sudoers|docker|\/var\/lib|^-?\/(etc|run|var|root)$/.test(path)),
		).toEqual([]);
		expect(valuesOf(text, 'CapabilityBoundingSet')).toEqual(['CAP_DAC_OVERRIDE']);
	});
});

test('a mount unit has the name that systemd-escape gives its directory', () => {
	expect(mountUnitName('/srv/ipynbsrv/data')).toBe('srv-ipynbsrv-data.mount');
	expect(mountUnitName('/srv/my-app/.data/ä')).toBe('srv-my\\x2dapp-\\x2edata-\\xc3\\xa4.mount');
});
