/** Takes away what stands at a name that is setup's own (a draft, a stage, a home for a tool): what is seen there, and nothing that comes in its place. */
import type {Host} from '#model/host.ts';

/** A tree, a file or a link; nothing there is no fault. Gives whether something was. Throws Fault file.moved. */
export const clear = async (host: Host, path: string): Promise<boolean> => {
	const stat = await host.stat(path);
	if (stat === undefined) return false;
	await (stat.kind === 'directory' ? host.removeTree(path, {was: stat.id}) : host.remove(path, {was: stat.id}));
	return true;
};

/** A directory if it is empty; gives whether it is gone. */
export const clearIfEmpty = async (host: Host, path: string): Promise<boolean> => {
	const stat = await host.stat(path);
	if (stat?.kind !== 'directory' || (await host.list(path))?.length !== 0) return false;
	await host.remove(path, {was: stat.id});
	return true;
};
