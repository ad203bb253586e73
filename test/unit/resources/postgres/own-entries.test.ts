import {expect, test} from 'vitest';
import {ownEntries} from '#resources/postgres/own-dump.ts';

const list = `;
; Archive created at 2026-11-29 07:43:00 UTC
6; 2615 2200 SCHEMA - public django
3465; 0 0 ACL - SCHEMA public django
2; 3079 16386 EXTENSION - citext 
3466; 0 0 COMMENT - EXTENSION citext 
216; 1259 16392 TABLE public s django
217; 1259 16393 TABLE public of_others postgres
3467; 0 0 COMMENT public TABLE s django
3460; 0 16392 TABLE DATA public s django
`;

test('of a dump comes back what the role made: not what others have, nor what is said of their extensions, nor the schema that is there', () => {
	const {lines, ownsSchema} = ownEntries(list, 'django');
	expect(lines.split('\n').filter(line => /^\d/.test(line))).toEqual([
		'3465; 0 0 ACL - SCHEMA public django',
		'2; 3079 16386 EXTENSION - citext ',
		'216; 1259 16392 TABLE public s django',
		'3467; 0 0 COMMENT public TABLE s django',
		'3460; 0 16392 TABLE DATA public s django',
	]);
	expect(ownsSchema).toBe(true);
	expect(ownEntries(list.replace('public django', 'public pg_database_owner'), 'django').ownsSchema).toBe(false);
});
