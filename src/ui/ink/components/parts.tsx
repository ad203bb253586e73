/** One row of text in its tones. */
import {Text} from 'ink';
import type {ReactNode} from 'react';
import type {Part} from '../../layout/row.ts';
import {toneProps} from './tones.ts';

/** Never breaks: the layout has cut it to its width. */
export const Parts = ({parts, colour}: {readonly parts: readonly Part[]; readonly colour: boolean}): ReactNode => (
	<Text wrap="truncate-end">
		{parts.length === 0
			? ' '
			: parts.map(({text, tone}, index) => (
					<Text key={index} {...toneProps(tone, colour)}>
						{text}
					</Text>
				))}
	</Text>
);
