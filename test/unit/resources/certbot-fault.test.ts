/** What is said where an authority gives no certificate. */
import {expect, test} from 'vitest';
import {Fault, faultData} from '#model/fault.ts';
import {certbotFault} from '#resources/certificates/certbot-fault.ts';

const names = ['www.example.org', 'example.org'];

test.each([
	['  Type:   connection', /port 80/],
	['  Type:   dns', /A \(or AAAA\) record/],
	['  Type:   unauthorized', /Somebody else answers/],
	['urn:ietf:params:acme:error:rateLimited :: There were too many requests', /no more for this name/],
	['An unexpected error occurred:', /letsencrypt\.log/],
])('gives a hint for what the authority says: %s', (line, hint) => {
	const details = ['- - - - - - -', '  Domain: example.org', line, '  Detail: 192.0.2.7: Fetching http://example.org'];
	const failed = new Fault('program.failed', 'certbot ended with 1', 'Look.', {details});
	const told = faultData(certbotFault(failed, names, 'https://acme.example.org/directory'));
	expect(told).toMatchObject({
		code: 'certificate.not-issued',
		sentence: 'acme.example.org gave no certificate for www.example.org, example.org',
		hint: expect.stringMatching(hint),
		details: details.slice(1),
	});
});
