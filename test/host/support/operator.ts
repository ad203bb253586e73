/** An operator at the wizard: reads the screen, whole frames of it, finds the question that is asked, and answers it by its title. */
import type {Pty} from '../../ui/support/pty.ts';

/** What to do at a question; Enter, which takes what is shown, where nothing is said. */
export type Reply = {readonly type: string} | {readonly choose: RegExp} | {readonly secret: string};

/** The title of the question that is asked: the pointer stands before its mark, right of the list of steps. */
export const askedNow = (pty: Pty): string | undefined => {
	for (const row of pty.screen().slice(2)) {
		const found = /(?:^|\s)▸ [▸!?✔ ] (\S.*)$/.exec(row.slice(20));
		if (found) return found[1]?.trim();
	}
	return undefined;
};

/** The step that is pointed at in the list at the left. */
const stepNow = (pty: Pty): string =>
	pty
		.screen()
		.map(row => /^ ▸ (\S+(?: \S+)*)/.exec(row)?.[1])
		.find(title => title !== undefined) ?? '';

/** Answers question after question until the screen shows `end`. Replies are keyed "Step: Question"; gives these keys in the order they were asked. */
export const answerAll = async (
	pty: Pty,
	replies: Readonly<Record<string, Reply>>,
	end: RegExp | ((step: string, asked: string) => boolean),
): Promise<readonly string[]> => {
	const asked: string[] = [];
	const atEnd = (): boolean => end instanceof RegExp && end.test(pty.text());
	for (let turn = 0; turn < 300; turn++) {
		await pty.until(() => atEnd() || askedNow(pty) !== undefined || asksNothing(pty));
		if (atEnd()) return asked;
		if (asksNothing(pty)) {
			const before = stepNow(pty);
			pty.type('\r');
			await pty.until(() => atEnd() || stepNow(pty) !== before, 20_000);
			continue;
		}
		const [title, step] = [askedNow(pty)!, stepNow(pty)];
		if (typeof end === 'function' && end(step, title)) return asked;
		asked.push(`${step}: ${title}`);
		const reply = replies[`${step}: ${title}`];
		if (reply) await give(pty, reply);
		const before = `${step}: ${title}`;
		pty.type('\r');
		await pty.until(() => `${stepNow(pty)}: ${askedNow(pty)}` !== before, 20_000);
	}
	throw new Error(`300 questions and no end\n${pty.text()}`);
};

/** A step whose answers are all those of others. */
const asksNothing = (pty: Pty): boolean =>
	askedNow(pty) === undefined && pty.text().includes('There is nothing to ask here.');

const give = async (pty: Pty, reply: Reply): Promise<void> => {
	if ('type' in reply) {
		pty.type('\u0015');
		pty.type(reply.type);
		return;
	}
	if ('choose' in reply) return choose(pty, reply.choose);
	await choose(pty, /type it/);
	pty.type('\r');
	await pty.until(/Esc (an)?other way/);
	pty.type(`${reply.secret}\r`);
	await pty.until(/again/i);
	pty.type(reply.secret);
};

/** Moves the pointer of a list to the item that fits. A key is followed by the next when the screen has shown what it did. */
const choose = async (pty: Pty, item: RegExp): Promise<void> => {
	const labels = (): readonly string[] =>
		pty.screen().flatMap(row => /▸ (?:\([ •]\) )?([^▸\s].*)$/.exec(row.slice(26))?.[1] ?? []);
	const isThere = (): boolean => labels().some(label => item.test(label));
	for (let turn = 0; turn < 40; turn++) {
		if (isThere()) return;
		const before = labels().join();
		pty.type('\u001b[B');
		await pty.until(() => labels().join() !== before, 5000);
	}
	throw new Error(`nothing like ${String(item)} in the list\n${pty.text()}`);
};
