/** What proofs tell of a failure, and how they compare what a program answers. */
import {expect, test} from 'vitest';
import {reasonsIn} from '#resources/web-proof/cc-server.ts';
import {asWritten} from '#resources/web-proof/http-answers.ts';

test('a task that failed is told with the error that its program ended with, and each reason once', () => {
	const trace =
		'Application container failed: Exited (1): Traceback (most recent call last):\n  File "/opt/x", line 1\nurllib.error.URLError: Name or service not known\n';
	expect(
		reasonsIn([
			[{description: 'Task created.'}, {description: trace, exception: null}],
			[{description: trace}, undefined, {exception: 'no "such" image'}],
		]),
	).toEqual([
		'Task created.',
		'Application container failed: Exited (1): … urllib.error.URLError: Name or service not known',
		'no "such" image',
	]);
});

test('a letter is the same whether a program writes it or escapes it', () => {
	expect(asWritten('[{"name": "2.3 \\u00e9"}]')).toContain(JSON.stringify('2.3 é'));
	expect(asWritten('<p>')).toBe('<p>');
});
