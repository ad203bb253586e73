import {expect, test} from 'vitest';
import {rulesFile, rulesText} from '#host/redis/may-connect.ts';
import {redisLetsIn} from '#steps/shared/redis-accounts.ts';
import {fileReader} from '../support/file-reader.ts';

const rules = rulesText(new Map([['coralnet', ['coralnet', 'www-data']]]), [998]);

test.each([
	['no rules', {}, 'ok'],
	['rules of an operator', {[rulesFile]: 'table inet redis_accounts {}\n'}, 'ok'],
	['rules that name somebody else', {[rulesFile]: rules}, 'failed'],
	['rules that name it', {[rulesFile]: rules.replace('www-data', 'weblab')}, 'ok'],
] as const)('an application beside another: %s', async (_name, files, state) => {
	const probed = await redisLetsIn('weblab').run({...fileReader(files), root: '/'});
	expect(probed.state).toBe(state);
	if (state === 'failed') expect(probed.line).toMatch(/shuts Redis to weblab: name it in alsoLet .*coralnet/);
});
