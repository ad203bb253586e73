/** What Django itself says of its migrations, accounts and static files, or why it could not be asked. */

import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {lastLines} from '../programs/run.ts';
import type {DjangoFacts} from './answers.ts';
import {wrongOf} from './ask.ts';
import {djangoFacts} from './now.ts';
import type {DjangoSite} from './sites.ts';

/** The answer to one of its questions. Throws Blocked with Django's own last words. */
export const djangoAnswer = async <K extends keyof DjangoFacts>(
	{project}: DjangoSite,
	host: Reader,
	name: K,
): Promise<Right<DjangoFacts[K]>> => {
	const facts = await factsOf(project, host);
	if ('absent' in facts)
		throw new Blocked({
			because: 'unreadable',
			need: `Django cannot be asked about ${project.directory}: ${facts.absent}`,
		});
	const answer = facts[name];
	const wrong = wrongOf(answer);
	if (wrong !== undefined)
		throw new Blocked({
			because: 'unreadable',
			need: `Django cannot tell its ${words[name]}: ${lastLines(wrong.error.join('\n'), 1)[0] ?? wrong.kind}`,
		});
	if (answer === undefined)
		throw new Blocked({because: 'unreadable', need: `the database of ${project.directory} is not there`});
	return answer as Right<DjangoFacts[K]>;
};

type Right<T> = Exclude<T, undefined | {readonly error: readonly string[]; readonly kind: string}>;

const words = {migrations: 'migrations', model: 'account model', statics: 'static files', rows: 'tables'} as const;

const factsOf = async (
	project: DjangoSite['project'],
	host: Reader,
): ReturnType<ReturnType<typeof djangoFacts>['read']> => {
	try {
		return await host.fact(djangoFacts(project));
	} catch (error) {
		if (error instanceof Fault) throw new Blocked({because: 'unreadable', need: error.sentence});
		throw error;
	}
};
