/** Where state lives, and the small facts about ourselves that several commands need. */
import {join} from 'node:path';
import {stateDirectory} from '#answers/state.ts';
import packageJson from '../../package.json' with {type: 'json'};

export const version: string = packageJson.version;

export type Place = {readonly state: string; readonly journal: string; readonly secrets: string};

/** The state directory: /var/lib/host-setup, or what --state names. */
export const placeOf = (state: string | undefined): Place => {
	const directory = state ?? stateDirectory;
	return {state: directory, journal: join(directory, 'journal.jsonl'), secrets: join(directory, 'secrets.json')};
};
