/** CoralNet and WebLab-Deusto from the first question to the plan at 80x24: each question is seen and answered, what their answers files require and nothing else is typed. */
import {afterEach, beforeEach, describe, expect, test} from 'vitest';
import {answerAll, type Reply} from '../host/support/operator.ts';
import {isRoot, useWizard} from './support/wizard.ts';

const wizard = useWizard();
const size = {columns: 80, rows: 24};

beforeEach(context => {
	if (!isRoot) context.skip('the wizard needs root');
});
afterEach(() => wizard.forget());

const walks: readonly {
	readonly title: string;
	readonly replies: Readonly<Record<string, Reply>>;
	readonly asks: readonly string[];
}[] = [
	{
		title: 'CoralNet: annotation of coral reef images',
		replies: {
			'Source: Source': {choose: /small one/},
			'Application settings: Name of the site': {type: 'coralnet.example.org'},
			'Superuser: E-mail': {type: 'admin@example.org'},
		},
		asks: [
			'People: People',
			'PostgreSQL: Database server',
			'Application settings: S3 bucket',
			'HTTPS: Certificate',
			'AWS: Who sets up AWS?',
		],
	},
	{
		title: 'WebLab-Deusto: remote laboratories',
		replies: {
			'Sources: Sources': {choose: /small one/},
			'Instance: Name of the site': {type: 'weblab.example.org'},
			'Instance: E-mail of the administrator': {type: 'admin@example.org'},
			'Web site: Certificate': {choose: /Signed by this host/},
		},
		asks: ['Scheduling: Scheduler', 'Firewall: Firewall'],
	},
];

describe.each(walks)('$title', ({title, replies, asks}) => {
	test('is walked by Enter to its plan', async () => {
		await using pty = await wizard.openAtQuestions(size, title);
		const asked = await answerAll(pty, replies, /review ·|Looking at this host/);
		expect(asked).toEqual(expect.arrayContaining([...Object.keys(replies), ...asks]));
		expect(asked.filter((key, index) => asked.indexOf(key) !== index)).toEqual([]);
		await pty.until(/\d+ changes/, 100_000);
		expect(pty.screen().length).toBeLessThanOrEqual(size.rows);
	});
});
