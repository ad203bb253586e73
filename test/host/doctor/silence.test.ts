/** Silence costs once: where lo is down, or whoever gives accounts their names says nothing, a whole look ends soon and names the cause, whoever else would wait. */
import {describe, expect} from 'vitest';
import {buildProgram} from '../support/setup.ts';
import {hostTest} from '../support/with-host.ts';
import {sh} from './support/inside.ts';
import {doctorIn, shown, withProgram} from './support/recipes.ts';
import {services} from './support/services.ts';
import {listenAs} from './support/web.ts';

/** Seconds. A look at this host takes one or two by itself, and each who waited in vain once added three. */
const most = 12;

const want = withProgram({layer: services, network: 'none'});

describe('silence', () => {
	hostTest('of lo', want, async host => {
		buildProgram();
		await sh(host, 'ip link set lo down');
		const {report} = await doctorIn(host);
		expect(report.rows.find(({key}) => key === 'host.open[lo]')?.state).toBe('fail');
		expect(report.seconds, shown(report.rows.filter(({seconds}) => seconds > 2))).toBeLessThan(most);
		const waited = report.rows.filter(({why}) => why?.because === 'timeout');
		expect(waited.length).toBeGreaterThan(0);
		for (const row of waited) expect(row.says, shown([row])).toMatch(/\blo\b|127\.0\.0\.1/);
		await sh(host, 'ip link set lo up');
		expect((await doctorIn(host, 'redis.bind', 'postgres.bind')).report.rows.map(({state}) => state)).not.toContain(
			'unknown',
		);
	});

	hostTest('of a directory that takes connections and says nothing', want, async host => {
		buildProgram();
		await listenAs(
			host,
			'mute',
			'$s = IO::Socket::INET->new(Listen => 50, LocalAddr => "127.0.0.1", LocalPort => 3899, ReuseAddr => 1); push @kept, $s->accept while 1',
		);
		await sh(host, "sed -i 's|^uri .*|uri ldap://127.0.0.1:3899/|' /etc/nslcd.conf; systemctl restart nslcd");
		const {report} = await doctorIn(host);
		expect(report.seconds, shown(report.rows.filter(({seconds}) => seconds > 2))).toBeLessThan(most);
		expect(report.rows.find(({check}) => check === 'postgres.bind')?.says).toMatch(
			/names of accounts come from ldap as well/,
		);
	});
});
