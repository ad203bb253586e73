/** The fixture as the cases use it: built once a file, started at a size, its screen in words. */
import {afterAll, beforeAll} from 'vitest';
import {buildFixture, type Fixture} from './fixture.ts';
import {openPty, type Pty, type PtyOptions} from './pty.ts';

/** The two sizes at which every case holds. */
export const sizes = [
	{columns: 80, rows: 24},
	{columns: 120, rows: 40},
] as const;

export type Form = {
	readonly argv: readonly [string, string];
	/** Starts it and waits for its first frame. */
	open(options?: PtyOptions, ...parts: readonly string[]): Promise<Pty & AsyncDisposable>;
	/** The wizard's screens, beginning with the first state that is named; SIGUSR2 goes to the next. */
	openScreens(options: PtyOptions, ...states: readonly string[]): Promise<Pty & AsyncDisposable>;
};

/** Call it once, at the top of a file. */
export const useForm = (): Form => {
	let fixture: Fixture | undefined;
	beforeAll(async () => {
		fixture = await buildFixture();
	});
	afterAll(() => fixture?.remove());
	const argv = (name: 'app' | 'screens' = 'app'): readonly [string, string] => {
		if (fixture === undefined) throw new Error('the fixtures are not built yet');
		return fixture.argv(name);
	};
	return {
		get argv() {
			return argv();
		},
		async open(options, ...parts) {
			const pty = openPty([...argv(), ...parts], options);
			await pty.until('a form of');
			return pty;
		},
		async openScreens(options, ...states) {
			const pty = openPty([...argv('screens'), ...states], options);
			await pty.until(/^ setup · /);
			return pty;
		},
	};
};

/** What stands in a field of the form. */
export const valueOf = (pty: Pty, label: 'name' | 'secret'): string => {
	const row = pty.screen().find(one => one.startsWith(`${label}  `)) ?? '';
	return row.slice(8);
};
