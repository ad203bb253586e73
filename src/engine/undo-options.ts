/** What an undo is asked for: of whom, how far, and whether it only tells. Its walk and its parts share it. */
import type {Event} from '#model/event.ts';
import type {Host} from '#model/host.ts';
import type {AnyType} from './any-type.ts';
import type {Journal} from './journal.ts';

export type UndoOptions = {
	readonly journal: Journal;
	/** The type of a journal line, by its name. */
	readonly typeNamed: (name: string) => AnyType | undefined;
	readonly hostFor: (id: string) => Host;
	readonly emit: (event: Event) => void;
	/** Only what these stacks did; left out: everything. */
	readonly stacks?: readonly string[];
	/** Only what this step did. */
	readonly step?: string;
	/** Only what this run did, whoever has it as well by now. */
	readonly onlyRun?: string;
	readonly purge: boolean;
	readonly purgeData: boolean;
	/** An update is taken back with what it kept; what it owed is left to the run that comes after. */
	readonly back?: true;
	/** Journal nothing: the host given is a dry one. */
	readonly dry: boolean;
	readonly stopping: () => boolean;
};
