/** Every screen as a picture that a reviewer can read: test/ui/golden. `vitest -u` draws them anew. */
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {unicodeGlyphs} from '#ui/terminal/glyphs.ts';
import {picture} from '../../../../src/ui/layout/picture.ts';
import {view} from '../../../../src/ui/view/view.ts';
import {draw} from '../../../ui/support/draw.ts';
import {states} from '../../../ui/support/states.ts';

const golden = (name: string): string => join(import.meta.dirname, '../../../ui/golden', `${name}.txt`);

test.each(Object.entries(states))('%s', async (name, state) => {
	const shown = view(state);
	const cursor = picture(shown, state.size, unicodeGlyphs)?.cursor;
	const where = cursor ? `cursor: column ${cursor.x + 1}, row ${cursor.y + 1}` : 'no cursor';
	await expect(`${(await draw(shown, state.size)).join('\n')}\n\n(${where})\n`).toMatchFileSnapshot(golden(name));
});
