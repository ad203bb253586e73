/** The log that a role of OpenSlides leaves for one instance, by ansible or by what stands in for it: a list of what each step came to on `localhost`. */
import {textOf} from '#host/files/text-of.ts';
import type {Reader} from '#model/host.ts';

/** In which step its last role failed; undefined where it did not, or there is no log. */
export const failedRole = async (host: Reader, instances: string, id: string): Promise<string | undefined> => {
	const text = await textOf(host, `${instances}/ansible.${id}.log.json`);
	return text === undefined ? undefined : failureIn(text);
};

/** The last entry tells: a role ends with the step that failed. What else a step printed may hold secrets. */
export const failureIn = (text: string): string | undefined => {
	const last = lastOf(text);
	if (last?.['failed'] !== true) return undefined;
	const [task, message] = [last['task'], last['msg']].map(one =>
		typeof one === 'string' ? one.split('\n')[0]!.slice(0, 200) : undefined,
	);
	return [task, message].filter(one => one !== undefined).join(': ') || 'a step failed';
};

const lastOf = (text: string): Readonly<Record<string, unknown>> | undefined => {
	try {
		const entries = JSON.parse(text) as readonly {readonly localhost?: Readonly<Record<string, unknown>>}[];
		return Array.isArray(entries) ? entries.at(-1)?.localhost : undefined;
	} catch {
		// Half written: it is still at work.
		return undefined;
	}
};
