/** Where the doctor finds what `setup` remembers, without loading what checks answers: it reads plain JSON. */
import {join} from 'node:path';

const directory = '/var/lib/host-setup';

export type DoctorPlace = {
	readonly state: string;
	readonly journal: string;
	/** What was installed, with the answers. */
	readonly stateFile: string;
	readonly secrets: string;
	readonly waivers: string;
	/** Earlier reports, one file each. */
	readonly runs: string;
};

/** An offline root has a state of its own. */
export const doctorPlace = (state: string | undefined, root: string): DoctorPlace => {
	const at = state ?? join(root, directory);
	return {
		state: at,
		journal: join(at, 'journal.jsonl'),
		stateFile: join(at, 'state.json'),
		secrets: join(at, 'secrets.json'),
		waivers: join(at, 'doctor', 'waivers.json'),
		runs: join(at, 'doctor', 'runs'),
	};
};
