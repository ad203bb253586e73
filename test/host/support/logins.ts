/** Who gets in and who does not, tried from outside: what an install is for. */
import {expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {type Case, siteName} from './answers.ts';
import {type Sitting, sitDown} from './site.ts';
import {until} from './until.ts';

/** The site answers, the LDAP user and the superuser get in where they belong, strangers do not, and the host itself knows the LDAP user. Patient: a host that has just booted starts things. */
export const expectLogins = async (host: ThrowAway, {user, secrets}: Case): Promise<void> => {
	const sit = (): Sitting => sitDown(host.address, siteName);
	await until(async () => (await sit().get('/accounts/login/')).body.includes('csrfmiddlewaretoken'), {
		deadline: 90_000,
		what: 'the login page through OpenResty',
	});
	await until(async () => (await host.run(['getent', 'passwd', user.name])).stdout.startsWith(`${user.name}:`), {
		deadline: 60_000,
		what: `getent passwd ${user.name}`,
	});

	const stranger = await sit().get('/');
	expect([stranger.status, stranger.location]).toEqual([302, '/accounts/login/?next=/']);

	const member = sit();
	expect(await member.login(user.name, secrets.user)).toMatchObject({status: 302, location: '/'});
	const page = await member.get('/');
	expect(page.status).toBe(200);
	expect(unescaped(page.body)).toContain(`Signed in as ${user.name} (${user.givenName} ${user.surname}).`);
	expect(page.body).toContain(`/srv/ipynbsrv/data/homes/${user.name} 2500:2500 0700`);
	expect((await member.get('/shares/')).body).toContain(`/srv/ipynbsrv/data/shares/${user.name} 0:2500 2770`);
	expect((await member.get('/static/css/main.css')).status).toBe(200);
	expect((await member.get('/guide/')).status).toBe(200);
	// The server asks itself by its own name whether a stranger may: where only a DNS server could tell, it would be a 500.
	expect((await sit().get('/port/49160')).status).toBe(401);

	for (const [name, password] of [
		[user.name, `${secrets.user}x`],
		[user.name, secrets.superuser],
		['nobody-of-that-name', secrets.user],
		['*', secrets.user],
	] as const) {
		const refused = sit();
		expect(await refused.login(name, password), `${name} with a wrong password`).toMatchObject({
			status: 200,
			location: undefined,
		});
		expect((await refused.get('/')).status, name).toBe(302);
	}

	const admin = sit();
	expect(await admin.login('admin', secrets.superuser, '/admin/login/')).toMatchObject({
		status: 302,
		location: '/admin/',
	});
	expect((await admin.get('/admin/')).body).toContain('Site administration');
	expect((await member.get('/admin/')).status).toBe(302);
	expect(await sit().login('admin', secrets.user, '/admin/login/')).toMatchObject({status: 200});
};

/** What a browser shows of Django's escapes. */
const unescaped = (html: string): string =>
	html
		.replaceAll('&#x27;', "'")
		.replaceAll('&#39;', "'")
		.replaceAll('&quot;', '"')
		.replaceAll('&lt;', '<')
		.replaceAll('&gt;', '>')
		.replaceAll('&amp;', '&');
