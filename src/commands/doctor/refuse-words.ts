/** Words after `setup doctor` that do not go together, or that would go into a unit: refused before anything is looked at. */
import {Fault} from '#model/fault.ts';

type Tried = {
	readonly tryDoors: boolean;
	readonly act: string;
	readonly root: string;
	readonly from: readonly string[];
	readonly before: string | undefined;
	readonly installTimer: boolean;
};

type Told = {readonly mail: string | undefined; readonly webhook: string | undefined; readonly testAlarm: boolean};

/** Doors are tried in front of somebody who asked for it, on the host itself. */
export const refuseTry = ({tryDoors, act, root, from, before, installTimer}: Tried): void => {
	if (!tryDoors || (act === 'look' && root === '/' && from.length === 0 && before === undefined && !installTimer))
		return;
	throw new Fault('usage.try', '--try is for a look at this host only', 'setup doctor --try, or --try CHECK.');
};

/** What a release takes away is seen on the host that goes to it, and mended there by hand: no report, alarm or fix is about it. */
export const refuseBefore = ({act, from, before, installTimer, mail, webhook}: Tried & Told): void => {
	const others = act !== 'look' || from.length > 0 || installTimer || mail !== undefined || webhook !== undefined;
	if (before === undefined || !others) return;
	throw new Fault(
		'usage.before-alone',
		'--before is for a look at this host, and tells nobody else',
		'setup doctor --before trixie, or --before trixie before.packages.',
	);
};

/** What becomes a word of a unit and of a sendmail. */
export const refuseAlarm = ({mail, webhook, testAlarm}: Told): void => {
	const wrong =
		mail !== undefined && !/^[A-Za-z0-9_][\w.+-]{0,63}(@[A-Za-z0-9][A-Za-z0-9.-]{0,250})?$/.test(mail)
			? `--mail wants one address, and ${JSON.stringify(mail)} is none`
			: webhook !== undefined && !/^\/[\w./+-]+$/.test(webhook)
				? `--webhook wants the path of a file that holds its address, and ${JSON.stringify(webhook)} is none`
				: testAlarm && mail === undefined && webhook === undefined
					? '--test-alarm wants --mail or --webhook'
					: undefined;
	if (wrong !== undefined)
		throw new Fault(
			'usage.alarm',
			wrong,
			'setup doctor --test-alarm --mail root, or --webhook /etc/host-setup/webhook.',
		);
};
