/** An alarm as a mail and as JSON for a webhook. Whatever a host calls its things, no line of ours is forged and no header added. */
import type {Alarm} from '#doctor/alarm.ts';
import {printable, printableJson} from '#model/printable.ts';
import {oneLine} from './row-words.ts';

/** Findings of one alarm that are spelled out. */
const most = 100;

/** `2 worse, 1 mended`. */
const figures = ({worse, mended, test}: Alarm): string =>
	test
		? 'a test of the alarm'
		: [
				...(worse.length > 0 ? [`${worse.length} worse`] : []),
				...(mended.length > 0 ? [`${mended.length} mended`] : []),
			].join(', ');

const titleOf = (alarm: Alarm): string => `${printable(alarm.host, 200)}: ${figures(alarm)}`;

/** A whole message, headers and all, for a sendmail's stdin. The recipient was checked when it was given. */
export const mailText = (alarm: Alarm, to: string): string =>
	[
		`To: ${to}`,
		`Subject: setup doctor: ${ascii(titleOf(alarm))}`,
		'Auto-Submitted: auto-generated',
		'MIME-Version: 1.0',
		'Content-Type: text/plain; charset=utf-8',
		'Content-Transfer-Encoding: 8bit',
		'',
		...linesOf(alarm),
		'',
	].join('\n');

/** `text` is for chats that show just that. */
export const webhookJson = (alarm: Alarm): string =>
	printableJson({
		...alarm,
		worse: alarm.worse.slice(0, most),
		mended: alarm.mended.slice(0, most),
		text: [titleOf(alarm), ...linesOf(alarm)].join('\n'),
	});

const linesOf = (alarm: Alarm): readonly string[] => {
	const {worse, mended, test, at} = alarm;
	if (test)
		return [
			`This is how an alarm of setup doctor on ${printable(alarm.host, 200)} arrives, sent at ${at}. Nothing is wrong.`,
		];
	const left = Math.max(0, worse.length - most) + Math.max(0, mended.length - most);
	return [
		`Seen on ${printable(alarm.host, 200)} at ${at}:`,
		'',
		...worse
			.slice(0, most)
			.flatMap(({key, state, says, todo}) => [
				oneLine(`${state}: ${key}: ${says}`),
				...(todo === undefined ? [] : [`    ${oneLine(todo)}`]),
			]),
		...mended.slice(0, most).map(({key, says}) => oneLine(`mended: ${key}, was: ${says}`)),
		...(left > 0 ? [`and ${left} more`] : []),
		'',
		'Each is told once; setup doctor shows all there is.',
	];
};

const ascii = (text: string): string => text.replaceAll(/[^ -~]/g, '?');
