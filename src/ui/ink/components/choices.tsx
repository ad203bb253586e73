/** Choices under each other. The widget only draws: which one is highlighted and which are in sight is the state machine's, so it is made anew whenever that changes. */
import {Box, Text} from 'ink';
import SelectInput from 'ink-select-input';
import type {ReactNode} from 'react';
import type {Row} from '../../layout/row.ts';
import type {Glyphs} from '../../terminal/glyphs.ts';
import {toneProps} from './tones.ts';

type Choice = NonNullable<Row['choice']>;

/** Rows that stand together. */
export const Choices = ({rows, glyphs}: {readonly rows: readonly Row[]; readonly glyphs: Glyphs}): ReactNode => {
	const items = rows.flatMap(({choice}, index) => (choice ? [{...choice, key: String(index), value: index}] : []));
	const at = Math.max(
		0,
		items.findIndex(item => item.at),
	);
	const Pointer = ({isSelected = false}: {readonly isSelected?: boolean}): ReactNode => (
		<Text {...toneProps('accent', glyphs.colour)}>{isSelected && items[at]?.at ? `${glyphs.pointer} ` : '  '}</Text>
	);
	// The widget hands its items on whole.
	const Item = (props: Partial<Choice> & {readonly isSelected?: boolean}): ReactNode => (
		<ChoiceText {...props} glyphs={glyphs} />
	);
	const indent = rows[0]?.parts.map(({text}) => text).join('').length ?? 0;
	return (
		<Box marginLeft={Math.max(0, indent - 2)} flexDirection="column">
			<SelectInput
				key={JSON.stringify(items)}
				items={items}
				initialIndex={at}
				isFocused={false}
				indicatorComponent={Pointer}
				itemComponent={Item}
			/>
		</Box>
	);
};

const ChoiceText = ({
	label = '',
	note = '',
	chosen = false,
	at = false,
	glyphs,
}: Partial<Choice> & {readonly glyphs: Glyphs}): ReactNode => (
	<Text wrap="truncate-end">
		<Text
			{...toneProps(chosen ? 'accent' : 'plain', glyphs.colour)}
		>{`${chosen ? glyphs.marks.chosen : glyphs.marks.free} `}</Text>
		<Text bold={at}>{label}</Text>
		{note === '' ? '' : <Text {...toneProps('quiet', glyphs.colour)}>{`  ${note}`}</Text>}
	</Text>
);
