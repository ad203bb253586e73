/** Live questions to the world beside a step's questions: what came back, and that one may go on without proof. */
import type {AskedStep} from '#answers/interview/interview.ts';
import type {ProbeState, State} from '../state/types.ts';
import type {Block, Line, Mark, Tone} from './types.ts';

/** The probes of a step under a small heading; nothing where it has none. */
export const probeBlocks = (state: State, step: AskedStep): readonly Block[] => {
	if (step.probes.length === 0) return [];
	const rows = step.probes.map(({id, title}) => {
		const known = state.probes.find(probe => probe.step === step.id && probe.id === id);
		return known ? line(known) : ({text: `${title}: not asked yet`, mark: 'waiting', tone: 'quiet'} as const);
	});
	return [
		{
			block: 'lines',
			lines: [{text: 'asked live', tone: 'quiet'}, ...rows],
		},
	];
};

/** Is there a probe that could be retried, or gone on without? */
export const provable = (state: State, step: AskedStep): boolean =>
	state.probes.some(probe => probe.step === step.id && (probe.state === 'failed' || probe.state === 'unknown'));

const line = (probe: ProbeState): Line => {
	if (probe.state === 'asking') return {text: `${probe.title}: asking`, mark: 'waiting', tone: 'quiet'};
	const end =
		probe.state === 'unproven' ? ' (recorded as unproven)' : probe.state === 'unknown' ? ' (could not tell)' : '';
	return {text: `${probe.line}${end}`, mark: marks[probe.state], tone: tones[probe.state], wrap: true};
};

type Ended = Exclude<ProbeState['state'], 'asking'>;
const marks: Readonly<Record<Ended, Mark>> = {
	ok: 'done',
	warn: 'warning',
	failed: 'failed',
	unknown: 'unknown',
	unproven: 'unknown',
};
const tones: Readonly<Record<Ended, Tone>> = {
	ok: 'plain',
	warn: 'warn',
	failed: 'bad',
	unknown: 'warn',
	unproven: 'quiet',
};
