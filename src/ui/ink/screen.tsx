/** Paints a view: the same frame for every screen, so that nothing moves but what changed. */
import {Box, Text, useCursor} from 'ink';
import type {ReactNode} from 'react';
import {moreRoom, type Picture, picture, type Size} from '../layout/picture.ts';
import type {Glyphs} from '../terminal/glyphs.ts';
import type {View} from '../view/types.ts';
import {Parts} from './components/parts.tsx';
import {Rows} from './components/rows.tsx';
import {toneProps} from './components/tones.ts';

type Props = {readonly view: View; readonly size: Size; readonly glyphs: Glyphs};

/** The whole screen, or a sentence where it has no room. */
export const Screen = ({view, size, glyphs}: Props): ReactNode => {
	const {setCursorPosition} = useCursor();
	const drawn = picture(view, size, glyphs);
	setCursorPosition(drawn?.cursor);
	return drawn ? <Drawn picture={drawn} size={size} glyphs={glyphs} /> : <MoreRoom size={size} glyphs={glyphs} />;
};

const Drawn = ({
	picture: {top, upper, sideWidth, side, body, notice, lower, footer},
	size,
	glyphs,
}: Omit<Props, 'view'> & {readonly picture: Picture}): ReactNode => (
	<Box flexDirection="column" width={size.columns}>
		<Parts parts={top} colour={glyphs.colour} />
		<Text {...toneProps('quiet', glyphs.colour)}>{upper}</Text>
		<Box height={body.length}>
			{sideWidth > 0 ? (
				<Box width={sideWidth} flexShrink={0}>
					<Rows rows={side} glyphs={glyphs} />
				</Box>
			) : undefined}
			<Box flexGrow={1}>
				<Rows rows={body} glyphs={glyphs} />
			</Box>
		</Box>
		<Rows rows={notice} glyphs={glyphs} />
		<Text {...toneProps('quiet', glyphs.colour)}>{lower}</Text>
		{footer.map(parts => (
			<Parts key={parts.map(({text}) => text).join('')} parts={parts} colour={glyphs.colour} />
		))}
	</Box>
);

const MoreRoom = ({size, glyphs}: Omit<Props, 'view'>): ReactNode => (
	<Box flexDirection="column">
		{moreRoom(size, glyphs).map(line => (
			<Text key={line}>{line}</Text>
		))}
	</Box>
);
