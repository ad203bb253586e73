/** What every format of a report is told. */
import type {Report} from '#doctor/types.ts';
import type {Style} from '../style.ts';

export type FailOn = 'new' | 'warn' | 'fail';

export type RenderOptions = {
	readonly style: Style;
	/** Also what is ok, does not apply or is waived. */
	readonly verbose: boolean;
	/** Of the terminal; left out where nobody reads lines. */
	readonly columns?: number;
	/** For a terminal without UTF-8. */
	readonly ascii?: boolean;
	/** From which state on a finding fails the run; default 'fail'. junit and tap follow it. */
	readonly failOn?: FailOn;
};

export type Renderer = (report: Report, options: RenderOptions) => string;
