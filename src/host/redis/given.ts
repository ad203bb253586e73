/** What the unit of Redis gives it on its command line, as lines of its file: the last word on each setting, which its process no longer shows (it writes its own title over it). */
import {wordsIn} from '#edit/blanks.ts';
import type {Reader} from '#model/host.ts';
import {ifTold} from '../see.ts';
import {serviceLine, writtenServices} from '../units/written.ts';
import {type RedisLine, withoutSecrets} from './secrets.ts';

export const givenByUnit = async (host: Reader): Promise<readonly RedisLine[]> => {
	const services = await ifTold(() => host.fact(writtenServices));
	const own = services?.find(({name}) => name === 'redis-server.service');
	const start = own && serviceLine(own, 'ExecStart');
	return start === undefined ? [] : optionsIn(start.value).map(one => ({...one, where: start.where, given: true}));
};

/** `/usr/bin/redis-server FILE --bind 127.0.0.1 ::1 --port 0`: each with the words behind it. What systemd fills in itself is not known here. */
export const optionsIn = (command: string): readonly Pick<RedisLine, 'name' | 'words' | 'secret'>[] => {
	const words = wordsIn(command).map(({text}) => text.replace(/^(["'])(.*)\1$/, '$2'));
	return words.flatMap((word, at) => {
		const [, name] = /^--([a-z][a-z-]+)$/.exec(word.toLowerCase()) ?? [];
		if (name === undefined) return [];
		const rest = words.slice(at + 1);
		const end = rest.findIndex(one => one.startsWith('--'));
		const values = rest.slice(0, end < 0 ? rest.length : end);
		return values.some(one => /[$%]/.test(one)) ? [] : [withoutSecrets(name, values)];
	});
};
