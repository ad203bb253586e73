/** Many small questions as one call: what is asked in the same turn of the event loop is answered together, once per pass. */
import type {Fact, Reader} from '#model/host.ts';

/**
 * Gives `ask(question, host)`. All questions of one turn go to `answer` together, which gives the answers in their order.
 * The same question is asked once per pass. A throw of `answer` reaches everybody who asked in that turn.
 */
export const batched = <Question, Answer>(
	id: string,
	answer: (questions: readonly Question[], host: Reader) => Promise<readonly Answer[]>,
): ((question: Question, host: Reader) => Promise<Answer>) => {
	const collector: Fact<(question: Question) => Promise<Answer>> = {
		id: `batch:${id}`,
		read: async host => collect(questions => answer(questions, host)),
	};
	return async (question, host) => (await host.fact(collector))(question);
};

const collect = <Question, Answer>(
	answer: (questions: readonly Question[]) => Promise<readonly Answer[]>,
): ((question: Question) => Promise<Answer>) => {
	const known = new Map<string, Promise<Answer>>();
	let waiting: {readonly questions: Question[]; readonly answers: Promise<readonly Answer[]>} | undefined;

	return question => {
		const key = JSON.stringify(question);
		const earlier = known.get(key);
		if (earlier !== undefined) return earlier;
		if (waiting === undefined) {
			const questions: Question[] = [];
			waiting = {
				questions,
				answers: new Promise(resolve => setImmediate(resolve)).then(() => {
					waiting = undefined;
					return answer(questions);
				}),
			};
		}
		const at = waiting.questions.push(question) - 1;
		const mine = waiting.answers.then(answers => answers[at] as Answer);
		known.set(key, mine);
		return mine;
	};
};
