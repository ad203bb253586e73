/** What a check found, said and mended by its kind. The only place where a kind is looked up, so that the report, the wizard and `doctor fix` never differ. */
import type {AnyCheck, Said} from '#model/check.ts';
import type {AnyKinds, Layers, Remedy, Told} from '#model/finding.ts';
import type {Resource} from '#model/resource.ts';

/** The finding with its state and its clause. Throws TypeError for a kind that the check does not declare: a defect of the check. */
export const said = (check: AnyCheck, found: readonly Said[]): readonly [Told, ...Told[]] => {
	if (!Array.isArray(found) || found.length === 0) throw new TypeError(`${check.id} gave no finding`);
	return found.map(one => saidOne(check, {...one, layers: placed(one.layers)})) as unknown as [Told, ...Told[]];
};

/** How to mend it by hand; undefined where nothing is to mend, or the author has not thought of it. Never throws: that must not hide the finding. */
export const remedyOf = (check: AnyCheck, finding: Told): Remedy | undefined => {
	try {
		const remedy = check.kinds?.[finding.is]?.remedy;
		return typeof remedy === 'function' ? remedy(finding.data, finding) : remedy;
	} catch {
		return undefined;
	}
};

/** What mends it; nothing where the check has no repair for it. */
export const resourcesOf = (check: AnyCheck, finding: Told): readonly Resource[] => {
	try {
		return check.kinds?.[finding.is]?.fix?.(finding.data, finding) ?? [];
	} catch {
		return [];
	}
};

/** Has any of its kinds a repair? */
export const hasFix = (check: AnyCheck): boolean => Object.values(check.kinds ?? {}).some(({fix}) => fix !== undefined);

const saidOne = (check: AnyCheck, {is, ...found}: Said): Told => {
	const kind = (check.kinds as AnyKinds | undefined)?.[String(is)];
	if (kind === undefined) {
		if (is === 'ok') return {...found, is, state: 'ok'};
		throw new TypeError(`${check.id} declares no kind ${String(is)}`);
	}
	const says = typeof kind.says === 'function' ? kind.says(found.data, found) : kind.says;
	return {
		...found,
		is: String(is),
		state: typeof kind.state === 'function' ? kind.state(found.data) : kind.state,
		...(says !== '' && {says}),
	};
};

/** A file's layer with path and line as data, from the way every fact writes them: `/etc/redis/redis.conf:27`. The only reader of that spelling. */
const placed = (layers: Layers): Layers => {
	const {file} = layers;
	if (file === undefined || 'because' in file || file.path !== undefined) return layers;
	const [, path, line] = /^(\/[^\s:,]+)(?::(\d+))?/.exec(file.where) ?? [];
	if (path === undefined) return layers;
	return {...layers, file: {...file, path, ...(line !== undefined && {line: Number(line)})}};
};
