/** What an operator can do about a secret; its list is drawn and its Enter is understood from the same place. */
import type {Asked} from '#answers/interview/interview.ts';

export type SecretItem = {readonly id: 'keep' | 'generate' | 'typed' | 'file'; readonly label: string};

/** The first one is what Enter takes. */
export const secretItems = (asked: Asked): readonly SecretItem[] => [
	...(asked.secret !== undefined && asked.value !== undefined && !(asked.mayGenerate && isGenerated(asked))
		? [{id: 'keep', label: `keep it: ${asked.secret}`} as const]
		: []),
	...(asked.mayGenerate ? [{id: 'generate', label: 'generate one, shown nowhere'} as const] : []),
	{id: 'typed', label: 'type it'},
	{id: 'file', label: 'take it from a file'},
];

const isGenerated = ({value}: Asked): boolean => typeof value === 'object' && value !== null && 'secret' in value;
