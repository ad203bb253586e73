/** A value being edited. The widget only draws: value and cursor are the state machine's, and the value comes cut and masked. */
import {Box} from 'ink';
import TextInput from 'ink-text-input';
import type {ReactNode} from 'react';
import type {Row} from '../../layout/row.ts';
import {Parts} from './parts.tsx';

/** The row of a field. */
export const FieldRow = ({row, colour}: {readonly row: Row; readonly colour: boolean}): ReactNode => (
	<Box height={1}>
		<Box flexShrink={0}>
			<Parts parts={row.parts} colour={colour} />
		</Box>
		<TextInput
			key={row.field?.value ?? ''}
			value={row.field?.value ?? ''}
			focus={false}
			showCursor={false}
			onChange={nothing}
		/>
	</Box>
);

const nothing = (): void => {};
