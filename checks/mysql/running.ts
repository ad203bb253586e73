/** The database is down is one fact: the other checks of MariaDB and MySQL stand on this one. */

import {packages} from '#host/apt/packages.ts';
import {mysqlServerOf} from '#host/mysql/file.ts';
import {defineCheck} from '#model/check.ts';
import {serviceParts} from '../shared/service.ts';

export const check = defineCheck({
	id: 'mysql.running',
	title: 'MariaDB or MySQL runs, and starts at boot',
	why: 'Every page of an application whose database is down is an error.',
	reads: ['systemctl show mariadb.service (or mysql.service)'],
	source: 'WebLab-Deusto guide, "Installing external systems", GNU/Linux (mysql-server)',
	verify: 'systemctl is-active mariadb; systemctl is-enabled mariadb',
	facts: {packages},
	appliesTo: ({facts}) => mysqlServerOf(facts.packages) !== undefined || 'neither MariaDB nor MySQL is installed',
	...serviceParts('the database server', async host => mysqlServerOf(await host.fact(packages))?.unit ?? ''),
});
