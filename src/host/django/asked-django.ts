/** What Django itself says of its migrations, accounts and static files, or why it could not be asked. */

import {Fault} from '#model/fault.ts';
import type {Reader} from '#model/host.ts';
import {Blocked} from '#model/unknown.ts';
import {lastLines} from '../programs/run-program.ts';
import {wrongOf} from './ask.ts';
import type {DjangoFacts} from './django-answers.ts';
import {djangoFacts} from './now.ts';
import type {DjangoSite} from './sites.ts';

/** The answer to one of its questions. Throws Blocked with Django's own last words. */
export const djangoAnswer = async <K extends keyof DjangoFacts>(
	site: DjangoSite,
	host: Reader,
	name: K,
): Promise<Right<DjangoFacts[K]>> => {
	const {project} = site;
	const facts = await factsOf(site, host);
	if ('absent' in facts) throw notAsked(project, facts.absent);
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

/** The exception and the words with which it ended when it was started to be asked; undefined where it starts. Throws Blocked where nobody could try. */
export const failedStart = async (
	site: DjangoSite,
	host: Reader,
): Promise<{readonly kind: string; readonly why: string} | undefined> => {
	const facts = await factsOf(site, host);
	if (!('absent' in facts)) return undefined;
	if (facts.failed === undefined) throw notAsked(site.project, facts.absent);
	return {kind: facts.failed, why: facts.absent};
};

const notAsked = ({directory}: DjangoSite['project'], why: string): Blocked =>
	new Blocked({because: 'unreadable', need: `Django cannot be asked about ${directory}: ${why}`});

type Right<T> = Exclude<T, undefined | {readonly error: readonly string[]; readonly kind: string}>;

const words = {migrations: 'migrations', model: 'account model', statics: 'static files', rows: 'tables'} as const;

const factsOf = async (
	{project, database}: DjangoSite,
	host: Reader,
): ReturnType<ReturnType<typeof djangoFacts>['read']> => {
	try {
		return await host.fact(djangoFacts({...project, ...(database && {database})}));
	} catch (error) {
		if (error instanceof Fault) throw new Blocked({because: 'unreadable', need: error.sentence});
		throw error;
	}
};
