/** The units that systemd has in memory and that are up, failed or about to start again: one list for all who ask. */
import type {Fact} from '#model/host.ts';

export type ListedUnit = {
	readonly unit: string;
	/** `loaded`, `bad-setting`, `not-found`. */
	readonly load: string;
	readonly active: string;
	/** `running`, `exited`, `listening`, `failed`, `auto-restart`. */
	readonly sub: string;
};

/** Asks systemd, which must be there. */
export const listedUnits: Fact<readonly ListedUnit[]> = {
	id: 'listed-units',
	read: async host => {
		const text = await host.query([
			'systemctl',
			'list-units',
			'--state=failed,auto-restart,active',
			'--all',
			'--plain',
			'--no-legend',
			'--no-pager',
		]);
		return text.split('\n').flatMap(line => {
			const [unit = '', load = '', active = '', sub = ''] = line.trim().split(/\s+/);
			return unit.includes('.') ? [{unit, load, active, sub}] : [];
		});
	},
};
