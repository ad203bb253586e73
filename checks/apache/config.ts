import {apache} from '#host/apache/now.ts';
import {runTest} from '#host/trust/test-command.ts';
import {defineCheck} from '#model/check.ts';
import {Blocked} from '#model/unknown.ts';
import {foreignTo, testKinds} from '../shared/foreign.ts';
import {seen} from '../shared/seeing.ts';

/** A file that does not pass is harmless until somebody restarts the server, and then it is down. */
export const check = defineCheck({
	id: 'apache.config',
	title: 'The configuration of Apache passes its own test',
	why: 'Apache goes on with what it read when it is given a file that it cannot read, until the next restart or reboot fails. The guides still hold lines that stop it today, such as a second Listen 443.',
	reads: ['apache2ctl configtest: the whole configuration, with the certificates it names'],
	severity: 'fail',
	layers: ['file'],
	source: 'apache2ctl(8), configtest; cc-server: Apache 2 WSGI',
	verify: 'apache2ctl configtest',
	facts: {apache},
	appliesTo: ({facts}) => facts.apache.installed || 'apache2 is not installed',
	async inspect({host, facts}) {
		const argv = ['/usr/sbin/apache2ctl', 'configtest'];
		const foreign = await foreignTo('Apache', argv, host);
		if (foreign !== undefined)
			return [
				{is: 'foreign', data: foreign, expected: 'passes', layers: {file: seen(foreign.words, foreign.path)}} as const,
			];
		const {code, stdout, stderr} = await runTest(host, argv, {timeout: 4000});
		const error = parseConfigtest(`${stdout}\n${stderr}`);
		if (code === 0) return [{is: 'ok', expected: 'passes', layers: {file: seen('passes', argv.join(' '))}}];
		if (process.geteuid?.() !== 0)
			throw new Blocked({because: 'needs-root', need: `${argv.join(' ')} opens what only root may read: private keys`});
		if (error === undefined)
			throw new Blocked({because: 'unreadable', need: `${argv.join(' ')} ended with ${code} and gave no reason`});
		const {running} = facts.apache;
		const where = error.where ?? argv.join(' ');
		return [
			{
				is: 'broken',
				data: {text: error.text, where, since: running === undefined ? '' : 'before'},
				expected: 'passes',
				layers: {
					file: seen(error.text, where),
					...(running !== undefined && {
						runtime: seen('runs with an older configuration', `process ${running.main.pid}`),
					}),
				},
			},
		];
	},
	kinds: testKinds,
});

/** What `apache2ctl configtest` complains of, with its place; undefined where it does not. */
export const parseConfigtest = (output: string): {readonly text: string; readonly where?: string} | undefined => {
	const placed = /Syntax error on line (\d+) of (\S+):\n(.+)/.exec(output);
	if (placed) return {text: placed[3]!.trim(), where: `${placed[2]}:${placed[1]}`};
	const plain = /^(?:\[[^\]]*\] )*(AH\d+: (?!apache2: (?:Could not reliably|apr_sockaddr_info_get)).+)$/m.exec(
		output,
	)?.[1];
	return plain === undefined ? undefined : {text: plain};
};
