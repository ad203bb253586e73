/** Rows of a body: text, fields, and choices that stand together as one list. */
import {Box} from 'ink';
import type {ReactNode} from 'react';
import type {Row} from '../../layout/row.ts';
import type {Glyphs} from '../../terminal/glyphs.ts';
import {Choices} from './choices.tsx';
import {FieldRow} from './field.tsx';
import {Parts} from './parts.tsx';

/** Each row one line high. */
export const Rows = ({rows, glyphs}: {readonly rows: readonly Row[]; readonly glyphs: Glyphs}): ReactNode => (
	<Box flexDirection="column">
		{runs(rows).map(({from, list}) => {
			if (list[0]?.choice) return <Choices key={from} rows={list} glyphs={glyphs} />;
			const [row] = list;
			if (row?.field) return <FieldRow key={from} row={row} colour={glyphs.colour} />;
			return <Parts key={from} parts={row?.parts ?? []} colour={glyphs.colour} />;
		})}
	</Box>
);

/** Choices that follow each other as one run; every other row by itself. */
const runs = (rows: readonly Row[]): readonly {readonly from: number; readonly list: readonly Row[]}[] => {
	const found: {from: number; list: Row[]}[] = [];
	rows.forEach((row, from) => {
		const before = found.at(-1);
		if (row.choice && before?.list[0]?.choice) before.list.push(row);
		else found.push({from, list: [row]});
	});
	return found;
};
