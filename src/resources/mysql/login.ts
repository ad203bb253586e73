/** The proof that the database is usable: a login over TCP, as the application does it. Nothing is changed by it. */
import {lastLines} from '#host/programs/run-program.ts';
import {refuseStrangers} from '#host/system/who-answers.ts';
import {Fault} from '#model/fault.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {isKnown, type Text} from '#model/secret.ts';
import {withEdges} from '../shared/edges.ts';
import {type LoginState, loginType} from '../shared/login.ts';

export type MysqlLoginSpec = {
	readonly host: string;
	readonly port: number;
	readonly user: string;
	readonly database: string;
	readonly password: Text;
};

/** The account logs in to the database, over TCP, with its password. */
export const mysqlLogin = (spec: MysqlLoginSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		mysqlLoginType,
		withEdges(
			{
				id: `mysql-login:${spec.user}@${spec.host}:${spec.port}/${spec.database}`,
				needs: [`role:mysql/${spec.user}@localhost`],
				provides: [`done:mysql-login:${spec.database}`],
				title: `${spec.user} logs in to ${spec.database}`,
			},
			edges,
		),
		spec,
	);

export const mysqlLoginType: ResourceType<MysqlLoginSpec, LoginState> = loginType<MysqlLoginSpec>({
	name: 'mysql-login',
	patience: 10_000,
	async attempt({host: server, port, user, database, password}, host) {
		if (!isKnown(password)) return {works: false, why: 'the password is not known yet'};
		await refuseStrangers(host, {host: server, port}, ['mysql']);
		const ran = await host.probe(
			[
				'/usr/bin/mariadb',
				'--no-defaults',
				'--protocol=tcp',
				'--connect-timeout=5',
				`--host=${server}`,
				`--port=${port}`,
				`--user=${user}`,
				'--batch',
				'--skip-column-names',
				`--database=${database}`,
			],
			{stdin: ['SELECT 1;\n'], env: {MYSQL_PWD: password}, timeout: 10_000},
		);
		return ran.code === 0
			? {works: true}
			: {works: false, why: lastLines(ran.stderr, 1)[0] ?? `the client ended with ${ran.code}`};
	},
	fault: says =>
		new Fault(
			'mysql.login',
			says,
			'See SHOW GRANTS for the account, bind_address and skip_name_resolve of the server, and its log.',
		),
});
