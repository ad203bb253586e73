/** Sends what changed: by the host's own sendmail, or to a webhook. What was told is remembered only once it is out, so that a mail server which is down costs no alarm. */
import {readFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {readExisting} from '#answers/secrets/secret-sources.ts';
import {type Alarm, alarmOf, type Told} from '#doctor/alarm.ts';
import type {Report} from '#doctor/types.ts';
import {makeOwnDirectory, writeOwnFile} from '#host/files/own-file.ts';
import {createReader} from '#host/reader.ts';
import {httpAsk} from '#host/web/http.ts';
import {Fault, faultData} from '#model/fault.ts';
import {Blocked, showUnknown} from '#model/unknown.ts';
import {mailText, webhookJson} from '#report/doctor/alarm-text.ts';
import type {DoctorPlace} from './place.ts';

export type Channels = {
	/** A recipient of mail. */
	readonly mail?: string | undefined;
	/** The file, root's alone, whose line is the address of a webhook. */
	readonly webhook?: string | undefined;
};

/** Tells each channel what it has not been told. Throws Fault alarm.mail, alarm.webhook; the other channel is told all the same. */
export const sendAlarms = async (report: Report, channels: Channels, place: DoctorPlace): Promise<void> => {
	const path = join(dirname(place.waivers), 'told.json');
	const told = await readTold(path);
	const faults: unknown[] = [];
	for (const {name, send} of sendersOf(channels)) {
		const news = alarmOf(report, told[name] ?? {});
		if (news === undefined) continue;
		try {
			await send(news.alarm);
			told[name] = news.told;
			await makeOwnDirectory(dirname(path));
			await writeOwnFile(path, `${JSON.stringify({version: 1, told})}\n`);
		} catch (error) {
			faults.push(error);
		}
	}
	if (faults.length > 0) throw faults[0];
};

/** Sends one to each channel that says it is none. Throws Fault alarm.mail, alarm.webhook. */
export const testAlarm = async (host: string, channels: Channels): Promise<void> => {
	for (const {send} of sendersOf(channels))
		await send({host, at: new Date().toISOString(), worse: [], mended: [], test: true});
};

const sendmail = '/usr/sbin/sendmail';

const sendersOf = ({
	mail,
	webhook,
}: Channels): readonly {readonly name: string; send(alarm: Alarm): Promise<void>}[] => [
	...(mail === undefined ? [] : [{name: `mail:${mail}`, send: (alarm: Alarm) => byMail(alarm, mail)}]),
	...(webhook === undefined ? [] : [{name: `webhook:${webhook}`, send: (alarm: Alarm) => toWebhook(alarm, webhook)}]),
];

/** As an argument and never as a header alone: what stands in a message names nobody else. */
const byMail = async (alarm: Alarm, to: string): Promise<void> => {
	const argv = [sendmail, '-i', '--', to];
	try {
		const ran = await createReader().probe(argv, {stdin: [mailText(alarm, to)], timeout: 30_000});
		if (ran.code === 0) return;
		throw mailFault(
			to,
			`it ended with ${ran.code}`,
			ran.stderr
				.split('\n')
				.filter(line => line !== '')
				.slice(-5),
		);
	} catch (error) {
		if (error instanceof Blocked) throw mailFault(to, showUnknown(error.why), []);
		throw error;
	}
};

const mailFault = (to: string, why: string, details: readonly string[]): Fault =>
	new Fault(
		'alarm.mail',
		`${sendmail} did not take a mail to ${to}: ${why}`,
		'Install a mail server that can send (postfix, or msmtp-mta for one elsewhere); setup doctor --test-alarm tries it.',
		{details},
	);

/** TLS verified, no redirect followed, nothing of the answer kept; the address is said nowhere. */
const toWebhook = async (alarm: Alarm, file: string): Promise<void> => {
	const found = await readExisting({file}, {});
	if ('why' in found) throw webhookFault(file, found.why);
	if (!URL.canParse(found.value) || new URL(found.value).protocol !== 'https:')
		throw webhookFault(file, 'it holds no address that begins with https://');
	const {host} = new URL(found.value);
	try {
		const {status} = await httpAsk({
			url: found.value,
			method: 'POST',
			headers: {'content-type': 'application/json'},
			body: [webhookJson(alarm)],
			redirects: 0,
			timeout: 10_000,
			deadline: 20_000,
		});
		if (status < 200 || status > 299) throw webhookFault(file, `${host} answered ${status}`);
	} catch (error) {
		if (error instanceof Fault && error.code === 'alarm.webhook') throw error;
		throw webhookFault(file, error instanceof Fault ? faultData(error).sentence : `${host} could not be asked`);
	}
};

const webhookFault = (file: string, why: string): Fault =>
	new Fault(
		'alarm.webhook',
		`the webhook of ${file} did not take the alarm: ${why}`,
		'Put its https address into that file (chmod 600); setup doctor --test-alarm tries it.',
	);

const readTold = async (path: string): Promise<Record<string, Told>> => {
	try {
		const {told} = JSON.parse(await readFile(path, 'utf8')) as {readonly told?: Record<string, Told>};
		return {...told};
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return {};
		throw error;
	}
};
