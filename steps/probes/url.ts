/** An archive that is not there is found now, not after an hour of packages. */
import {insteadOf} from '#host/outgoing/way-out.ts';
import {httpStream} from '#host/web/http.ts';
import type {Probe} from '#model/step.ts';
import type {Thing} from '#model/thing.ts';
import {failed, inTime, ok, patience, warn} from './in-time.ts';

/** Asks for the head only; some servers refuse that, and are asked for the first byte. */
export const urlThere = (
	id: string,
	from: string,
	about: readonly string[],
	decides: readonly Thing[] = [],
): Probe => ({
	id,
	about,
	decides,
	title: `${URL.parse(from)?.host ?? from} has the file`,
	run: reader =>
		inTime(reader, async signal => {
			const url = insteadOf(from);
			if (url.startsWith('/')) return (await reader.stat(url)) ? ok(`${url} is there`) : failed(`${url} is not there`);
			if (!/^https?:/i.test(url) || !URL.canParse(url)) return failed('it is neither a path nor an http(s) URL');
			const ask = async (
				method: 'HEAD' | 'GET',
			): Promise<{readonly status: number; readonly bytes: number | undefined}> => {
				const {status, length, body} = await httpStream({
					url,
					method,
					timeout: patience,
					...(method === 'GET' && {headers: {range: 'bytes=0-0'}}),
				});
				const whole = /\/(\d+)$/.exec(String(body.headers['content-range'] ?? ''))?.[1];
				signal.addEventListener('abort', () => body.destroy(), {once: true});
				body.destroy();
				return {status, bytes: status === 206 ? (whole === undefined ? undefined : Number(whole)) : length};
			};
			const head = await ask('HEAD');
			const {status, bytes} = [403, 404, 405, 501].includes(head.status) ? await ask('GET') : head;
			const {host} = new URL(url);
			if (status === 200 || status === 206) return ok(`${host} has it${bytes ? `, ${size(bytes)}` : ''}`);
			if (status === 404 || status === 410) return failed(`${host} does not have it (${status})`);
			return status >= 500 || status === 429
				? warn(`${host} is busy or broken just now (${status})`)
				: failed(`${host} answers ${status}`);
		}),
});

const size = (bytes: number): string =>
	bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1000))} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
