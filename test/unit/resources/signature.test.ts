import {describe, expect, it} from 'vitest';
import {judgeStatus} from '#resources/download/signature.ts';

const [primary, subkey] = ['25451EB088460026195BD62CB550E09EA0E98066', 'A'.repeat(40)];
const valid = `[GNUPG:] VALIDSIG ${subkey} 2024-05-01 1714521600 0 4 0 22 8 00 ${primary}`;

describe('judgeStatus', () => {
	it.each([
		[
			'the primary key, however it is written',
			[valid],
			'2545 1eb0 8846 0026 195b  d62c b550 e09e a0e9 8066',
			undefined,
		],
		['the subkey that signed is not what is compared', [valid], subkey, /is signed by 2545/],
		['a changed file', ['[GNUPG:] BADSIG B550 name'], primary, /was changed/],
		['another key', ['[GNUPG:] ERRSIG B550 1 8 00 1 9 x', '[GNUPG:] NO_PUBKEY B550'], primary, /another key/],
		['a revoked key', [`[GNUPG:] REVKEYSIG B550 name`, valid], primary, /revoked/],
		['words without the mark prove nothing', [valid.slice(9)], primary, /no valid signature/],
		['nothing', [], primary, /no valid signature/],
	])('%s', (_name, lines, fingerprint, expected) => {
		const judged = judgeStatus(lines, fingerprint);
		if (expected === undefined) expect(judged).toBeUndefined();
		else expect(judged).toMatch(expected);
	});
});
