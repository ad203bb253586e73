import fc from 'fast-check';
import {describe, expect, it} from 'vitest';
import {saslprep} from '#host/secrets/saslprep.ts';
import {md5Fits, newSalt, passwordState, scramFits, scramVerifier, verifierText} from '#host/secrets/scram.ts';
import {isKnown, reveal, Secret} from '#model/secret.ts';

// HMAC pads its key with NUL, so a NUL at the end of a password means nothing; PostgreSQL takes none anyway.
const passwords = fc.string({unit: 'binary', maxLength: 24}).filter(text => !text.includes('\0'));

describe('scram', () => {
	it('makes what RFC 7677 gives for its example', () => {
		// RFC 7677, section 3: user "user", password "pencil"; the stored key is H(ClientKey), checked with the client's proof of the RFC.
		const verifier = scramVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'));
		expect(verifier).toBe(
			'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=',
		);
	});

	it('fits the password it was made of and no other', () => {
		fc.assert(
			fc.property(passwords, passwords, (password, other) => {
				const verifier = scramVerifier(password, newSalt(), 1);
				expect(scramFits(verifier, password)).toBe(true);
				expect(scramFits(verifier, other)).toBe(saslprep(other) === saslprep(password));
			}),
			{numRuns: 200},
		);
	});

	it.each([
		['SCRAM-SHA-256$4096:AAAA$BBBB', 'x'],
		['SCRAM-SHA-256$0:AAAA$BBBB:CCCC', 'x'],
		['md5abc', 'x'],
		['', ''],
		['plain', 'plain'],
	])('is not fooled by %s', (stored, password) => {
		expect(scramFits(stored, password)).toBe(false);
	});

	it('knows the old MD5 form, which PostgreSQL 13 still makes', () => {
		expect(md5Fits('md50d107d09f5bbe40cade3de5c71e9e9b7', 'letmein', '')).toBe(true);
		expect(md5Fits('md50d107d09f5bbe40cade3de5c71e9e9b7', 'letmein', 'x')).toBe(false);
	});

	it('tells right, weak, wrong and none apart', () => {
		const password = [new Secret('db', 'pencil')];
		expect(passwordState(scramVerifier('pencil', newSalt()), password, 'u')).toBe('right');
		expect(passwordState(scramVerifier('pencils', newSalt()), password, 'u')).toBe('wrong');
		expect(passwordState('pencil', password, 'u')).toBe('weak');
		expect(passwordState(null, password, 'u')).toBe('none');
		expect(passwordState(scramVerifier('pencil', newSalt()), [new Secret('later')], 'u')).toBe('wrong');
	});

	it('makes a verifier of a secret only when it is asked for', () => {
		const later = new Secret('later');
		const text = verifierText([later], newSalt());
		expect(isKnown(text)).toBe(false);
		expect(reveal(verifierText([new Secret('now', 'pencil')], newSalt()))).toMatch(/^SCRAM-SHA-256\$4096:/);
	});
});

describe('saslprep', () => {
	// RFC 4013, section 3, and what libpq does with passwords it forbids: they are used as they are.
	it.each([
		['ascii stays, also controls', 'a\u0007 b', 'a\u0007 b'],
		['soft hyphen goes', 'I\u00adX', 'IX'],
		['composed by NFKC', '\u00aa', 'a'],
		['roman nine', '\u2168', 'IX'],
		['no-break space is a space', 'a\u00a0b', 'a b'],
		['decomposed umlaut', 'u\u0308ber', '\u00fcber'],
		['only characters that vanish: used as it is', '\u00ad', '\u00ad'],
		['a control beyond ASCII forbids', 'x\u00a0\u0085', 'x\u00a0\u0085'],
		['right-to-left with a digit at the end forbids', '\u0627\u00a01', '\u0627\u00a01'],
		['right-to-left alone', '\u0627\u00a0\u0628', '\u0627 \u0628'],
		['an emoji is newer than Unicode 3.2: used as it is', '\u00a0😀', '\u00a0😀'],
	])('%s', (_name, password, prepared) => {
		expect(saslprep(password)).toBe(prepared);
	});

	it('is the same when done twice', () => {
		fc.assert(
			fc.property(fc.string({unit: 'grapheme'}), password => {
				const once = saslprep(password);
				expect(saslprep(once)).toBe(once);
			}),
		);
	});
});
