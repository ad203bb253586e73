/** The page of a report in Debian's own Chromium, as a phone and as a desktop show it, light and dark: nothing runs out of the screen, nothing of the host becomes markup. */
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect} from 'vitest';
import type {ThrowAway} from '#rehearse/throwaway.ts';
import {render} from '#report/doctor/index.ts';
import {styleFor} from '#report/style.ts';
import {hostile, sample} from '../../unit/report/doctor/sample.ts';
import {hostTest, withPackages} from '../support/with-host.ts';

const widths = [390, 1280] as const;

/** What the page itself may not do, another one that holds it in a frame can: look at it with a script. */
const looking = `<!doctype html><pre id="seen"></pre><script>
const seen = {dark: matchMedia('(prefers-color-scheme: dark)').matches};
const frames = ['sample', 'hostile'].flatMap(name => [${widths.join(', ')}].map(width => ({name, width})));
Promise.all(frames.map(({name, width}) => new Promise(done => {
	const frame = document.createElement('iframe');
	frame.width = width; frame.height = 800; frame.style.border = 0; frame.src = name + '.html';
	frame.onload = () => {
		const page = frame.contentDocument, root = page.documentElement;
		page.querySelectorAll('details').forEach(one => { one.open = true; });
		const wide = [...page.body.querySelectorAll('*')].filter(one => one.getBoundingClientRect().right > width + 0.5).map(one => one.tagName);
		const style = getComputedStyle(page.body);
		seen[name + width] = {scroll: root.scrollWidth, wide, size: parseFloat(style.fontSize), text: style.color, back: style.backgroundColor, articles: page.querySelectorAll('article').length, scripts: page.scripts.length, title: page.title.length > 0};
		done();
	};
	document.body.append(frame);
}))).then(() => { document.getElementById('seen').textContent = JSON.stringify(seen); });
</script>`;

type Seen = {
	readonly scroll: number;
	readonly wide: readonly string[];
	readonly size: number;
	readonly text: string;
	readonly back: string;
	readonly articles: number;
	readonly scripts: number;
	readonly title: boolean;
};

const chromium = (host: ThrowAway, ...argv: readonly string[]) =>
	host.run(
		[
			'chromium',
			'--headless',
			'--no-sandbox',
			'--disable-gpu',
			'--disable-dev-shm-usage',
			'--allow-file-access-from-files',
			'--user-data-dir=/tmp/chromium',
			'--virtual-time-budget=20000',
			...argv,
		],
		{
			timeout: 120_000,
			env: {HOME: '/root'},
		},
	);

const lookAt = async (
	host: ThrowAway,
	...argv: readonly string[]
): Promise<Readonly<Record<string, Seen>> & {readonly dark: boolean}> => {
	const {stdout, stderr} = await chromium(host, ...argv, '--dump-dom', 'file:///root/page/looking.html');
	const found = /<pre id="seen">(\{.*?\})<\/pre>/.exec(stdout)?.[1];
	if (found === undefined) throw new Error(`the page was not looked at: ${stderr.slice(-1000)}${stdout.slice(0, 500)}`);
	return JSON.parse(found) as Awaited<ReturnType<typeof lookAt>>;
};

hostTest(
	'the page on a phone and on a desktop',
	{layer: withPackages('chromium', ['chromium', 'fonts-dejavu-core']), network: 'none', timeout: 900_000},
	async host => {
		await host.must(['mkdir', '-p', '/root/page']);
		for (const [name, report] of Object.entries({sample, hostile}))
			writeFileSync(
				join(host.root, `root/page/${name}.html`),
				await render('html', report, {style: styleFor({}, {}), verbose: false}),
			);
		writeFileSync(join(host.root, 'root/page/looking.html'), looking);

		const {dark, ...pages} = await lookAt(host);
		expect(dark).toBe(false);
		expect(Object.keys(pages).toSorted()).toEqual(['hostile1280', 'hostile390', 'sample1280', 'sample390']);
		for (const [name, page] of Object.entries(pages)) {
			const width = name.endsWith('390') ? 390 : 1280;
			expect({name, scroll: page.scroll <= width, wide: page.wide}).toEqual({name, scroll: true, wide: []});
			expect(page).toMatchObject({
				articles: name.startsWith('sample') ? sample.rows.length : hostile.rows.length,
				scripts: 0,
				title: true,
				back: 'rgb(255, 255, 255)',
			});
			expect(page.size).toBeGreaterThanOrEqual(16);
		}

		const night = await lookAt(host, '--blink-settings=preferredColorScheme=0');
		expect(night.dark).toBe(true);
		expect(night['sample390']).toMatchObject({back: 'rgb(21, 24, 27)', text: 'rgb(228, 230, 233)'});

		for (const width of widths) {
			await chromium(
				host,
				`--window-size=${width},800`,
				`--screenshot=/root/page/${width}.png`,
				'file:///root/page/sample.html',
			);
			expect(Number(await host.must(['stat', '-c', '%s', `/root/page/${width}.png`]))).toBeGreaterThan(10_000);
		}
	},
);
