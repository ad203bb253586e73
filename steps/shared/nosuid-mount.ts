/**
 * A directory mounted over itself with nosuid: who holds CAP_CHOWN and CAP_FSETID can make a program of root's with the set-user-ID bit there.
 * NoNewPrivileges stops the unit itself from running it; this stops everybody else of the host.
 */
import type {Resource} from '#model/resource.ts';
import {unit, unitFile} from '#resources/units/unit.ts';

/** Needs the directory; provides `unit:NAME`. Set-group-ID bits of directories go on working. */
export const nosuidMount = (path: string): readonly Resource[] => {
	const name = mountUnitName(path);
	return [
		unitFile({name, text: mountText(path)}),
		unit(
			{name, enabled: true, running: true, staysUp: 0},
			{needs: [`path:/etc/systemd/system/${name}`, `path:${path}`], title: `${path} takes no set-user-ID programs`},
		),
	];
};

/** As systemd-escape(1) --path --suffix=mount. */
export const mountUnitName = (path: string): string =>
	`${path
		.split('/')
		.filter(part => part !== '')
		.map(part => [...Buffer.from(part)].map(escaped).join(''))
		.join('-')}.mount`;

const escaped = (byte: number, at: number): string => {
	const char = String.fromCharCode(byte);
	return /[A-Za-z0-9:_]/.test(char) || (char === '.' && at > 0) ? char : `\\x${byte.toString(16).padStart(2, '0')}`;
};

const mountText = (path: string): string => {
	const plain = path.replaceAll('%', '%%');
	return `[Unit]
Description=${plain} without set-user-ID programs

[Mount]
What=${plain}
Where=${plain}
Type=none
Options=bind,nosuid,nodev

[Install]
WantedBy=multi-user.target
`;
};
