/** Redis' users from ACL LIST and from their lines: who is let in with any password, and may do how much. */
import {expect, it} from 'vitest';
import {redisUser, userOfLine, usersIn} from '#host/redis/access-lists.ts';

it.each([
	['user default #2d711642b726b04401627ca9fbac32f5 ~* &* +@all', false, 'all'],
	['user guest on nopass ~* resetchannels +@all', true, 'all'],
	['user guest on nopass ~* -@all +get', true, 'some'],
	['user guest on nopass ~* +@all -@all', true, 'nothing'],
	['user guest off nopass ~* +@all', false, 'all'],
	['user guest on nopass #aa ~* +@all', false, 'all'],
	['user guest on nopass resetpass +@all', false, 'all'],
	['user guest on nopass +config|set', true, 'all'],
	['user guest on nopass +@all reset', false, 'nothing'],
])('%s', (line, open, may) => expect(userOfLine(line)).toMatchObject({open, may}));

it('no user is what is no such line', () => expect(userOfLine('ERR unknown command')).toBeUndefined());

it('the lines of a file', () => {
	expect(
		usersIn([
			{name: 'user', words: ['a', 'on', 'nopass', '+@all']},
			{name: 'save', words: ['']},
		]),
	).toEqual([redisUser('a', ['on', 'nopass', '+@all'])]);
});
