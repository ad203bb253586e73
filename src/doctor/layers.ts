/** An ok means that every layer was seen: the file alone has said that all is well while the socket answered the world. */
import type {AnyCheck, Verdict} from '#model/check.ts';
import type {Told} from '#model/finding.ts';

/** The layer that an ok would have needed and did not see; undefined when it saw all it declared. */
export const lackingLayer = (
	check: AnyCheck,
	finding: Told,
): {readonly layer: string; readonly why: Extract<Verdict, {state: 'unknown'}>['why']} | undefined => {
	for (const layer of check.layers) {
		const seen = finding.layers[layer];
		if (seen === undefined) return {layer, why: {because: 'unreadable', need: `the ${layer} layer was not looked at`}};
		if ('because' in seen) return {layer, why: seen};
	}
	return undefined;
};
