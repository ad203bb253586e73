/** What was edited since the server started is not in force yet, and a SET GLOBAL is gone when it starts again. */

import {packages} from '#host/apt/packages.ts';
import {mysqlFile, mysqlServerOf} from '#host/mysql/file.ts';
import {mysqlDrift} from '#host/mysql/not-taken-up.ts';
import {mysqlNow} from '#host/mysql/now.ts';
import {isSeen, see, there} from '#host/see.ts';
import {defineCheck} from '#model/check.ts';
import {defineKinds, type FoundOf, findings} from '#model/finding.ts';
import {unit} from '#resources/units/unit.ts';

const kinds = defineKinds({
	pending: {
		state: 'warn',
		example: {inProcess: '127.0.0.1', unit: 'mariadb.service'},
		says: ({inProcess}) => `changed in the file, not in the process: it still runs with ${inProcess || 'none'}`,
		remedy: ({unit: name}) => ({
			sentence: `Restart the server when its clients can bear it: systemctl restart ${name}.`,
		}),
		fix: ({unit: name}) => [unit({name, running: true, notBefore: Date.now()})],
	},
	onlyNow: {
		state: 'warn',
		example: {inFile: '151', name: 'max_connections'},
		says: ({inFile}) => `changed in the process, not in the file: its next start takes ${inFile || 'none'}`,
		remedy: ({name}) => ({
			sentence: `Write ${name} into an option file if its value is meant to stay; otherwise set it back with SET GLOBAL.`,
		}),
	},
});

export const check = defineCheck({
	id: 'mysql.restart-pending',
	title: 'MariaDB or MySQL runs with what its files say',
	why: 'Option files are read once, at the start. What was edited since waits for a restart, often one that nobody plans; what was set by SET GLOBAL is lost in it.',
	reads: [
		'/etc/mysql/my.cnf and the files it includes: every option of the server',
		'information_schema.SYSTEM_VARIABLES (MySQL: performance_schema.variables_info): value and origin',
	],
	severity: 'warn',
	layers: ['file', 'runtime'],
	requires: ['mysql.running'],
	source: 'MariaDB documentation, "Server System Variables"; MySQL manual, "Using System Variables"',
	verify: 'mariadb -e "SELECT @@NAME" for each name here, against its line in the file',
	facts: {packages, file: mysqlFile, now: mysqlNow},
	kinds,
	appliesTo: ({facts}) => {
		const server = mysqlServerOf(facts.packages);
		return server === undefined ? 'neither MariaDB nor MySQL is installed' : there(facts, ['file', 'now'], {server});
	},
	async inspect({facts}) {
		const file = await see(() => ({value: 'read', where: facts.file.files.join(', ')}));
		const runtime = await see(() => ({value: facts.now.version, where: 'the server variables'}));
		const drift = isSeen(file) && isSeen(runtime) ? mysqlDrift(facts.file, facts.now) : [];
		return findings(
			drift.map(
				({name, where, inFile, inProcess, changed}): FoundOf<typeof kinds> => ({
					item: name,
					...(changed === 'file'
						? {is: 'pending', data: {inProcess, unit: facts.server.unit}}
						: {is: 'onlyNow', data: {inFile, name}}),
					expected: inFile,
					layers: {file: {value: inFile, where}, runtime: {value: inProcess, where: `@@${name}`}},
				}),
			),
			{is: 'ok', expected: 'the same', layers: {file, runtime}},
		);
	},
});
