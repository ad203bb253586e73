/** Settings that an earlier setup wrote into a tracked file of a checkout, which belong into root's copy: told from what others wrote there. */
import type {Host, Reader} from '#model/host.ts';
import {putBack} from '../git/deploy.ts';
import {askGit} from '../git/program.ts';

export type Source = {readonly from: string; readonly checkout: string; readonly user: string};

/** It differs from what is committed, and no more once both have our settings. */
export const onlyOurs = async (
	host: Reader,
	source: Source,
	withSettings: (text: string) => string,
	now: string,
): Promise<boolean> => {
	const committed = await askGit(host, gitOf(source), [
		'-C',
		source.checkout,
		'show',
		`HEAD:${source.from.slice(source.checkout.length + 1)}`,
	]).catch(() => undefined);
	return committed !== undefined && committed !== now && withSettings(committed) === withSettings(now);
};

/** As it is committed. */
export const putSourceBack = (host: Host, source: Source): Promise<void> =>
	putBack(host, {...gitOf(source), directory: source.checkout, ref: 'HEAD'}, [
		source.from.slice(source.checkout.length + 1),
	]);

const gitOf = ({checkout, user}: Source) => ({url: checkout, user});
