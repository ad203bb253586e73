/** Every format by the name that a step uses for it. */
import type {Editor} from './editor.ts';
import {hosts} from './hosts.ts';
import {systemdUnit, uwsgiIni} from './ini.ts';
import {nslcdConf, redisConf} from './key-value.ts';
import {myCnf} from './my-cnf.ts';
import {nginx} from './nginx.ts';
import {nsswitch} from './nsswitch.ts';
import {pgHba} from './pg-hba.ts';
import {postgresqlConf} from './postgresql-conf.ts';
import {pythonSettings} from './python-settings.ts';
import {shellVars} from './shell-vars.ts';
import {toml} from './toml.ts';
import {yaml} from './yaml.ts';

export const formats = {
	nsswitch,
	hosts,
	'nslcd.conf': nslcdConf,
	'redis.conf': redisConf,
	'my.cnf': myCnf,
	'uwsgi-ini': uwsgiIni,
	'systemd-unit': systemdUnit,
	'postgresql.conf': postgresqlConf,
	'pg_hba.conf': pgHba,
	nginx,
	python: pythonSettings,
	shell: shellVars,
	toml,
	yaml,
} as const;

export type FormatName = keyof typeof formats;

/** What a setting of a format looks like. */
export type SettingOf<F extends FormatName> = (typeof formats)[F] extends Editor<infer Setting> ? Setting : never;

/** A format and settings of just that format. */
export type AnyEdit = {readonly [F in FormatName]: {readonly format: F; readonly settings: readonly SettingOf<F>[]}}[FormatName];

/** The editor of a format, where which one it is no longer matters: it takes only settings that came with that format in an AnyEdit. */
export const editorFor = (format: FormatName): Editor<unknown> => formats[format] as Editor<unknown>;
