/** What is to be seen of a state, whoever draws it: the full screen, the plain lines, the JSON lines. Pure. */
import type {State} from '../state/types.ts';
import {confirmView} from './confirm.ts';
import {detailView} from './detail.ts';
import {endView} from './end.ts';
import {exportView} from './export.ts';
import {failureView} from './failure.ts';
import {helpView} from './help.ts';
import {installView} from './install.ts';
import {logView} from './log.ts';
import {preflightView} from './preflight.ts';
import {questionView} from './question.ts';
import {reportView} from './report.ts';
import {reviewView} from './review.ts';
import {startView} from './start.ts';
import {stepsView} from './steps.ts';
import type {View} from './types.ts';
import {waitingView} from './waiting.ts';

/** The view of what lies on top. */
export const view = (state: State): View => {
	switch (state.over?.over) {
		case 'help':
			return helpView(state, state.over);
		case 'steps':
			return stepsView(state, state.over);
		case 'log':
			return logView(state, state.over);
		case 'detail':
			return detailView(state, state.over);
		case 'confirm':
			return confirmView(state, state.over);
		case 'export':
			return exportView(state, state.over);
		case 'report':
			return reportView(state, state.over);
		case 'waiting':
			return waitingView(state, state.over);
		default:
			return below(state);
	}
};

const below = (state: State): View => {
	const {screen} = state;
	switch (screen.at) {
		case 'start':
			return startView(state, screen);
		case 'preflight':
			return preflightView(state, screen);
		case 'question':
			return questionView(state, screen);
		case 'review':
			return reviewView(state, screen);
		case 'install':
			return installView(state, screen);
		case 'failure':
			return failureView(state, screen);
		case 'end':
			return endView(state);
	}
};
