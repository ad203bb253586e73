/** Every format by the name that a step uses for it. */
import type {Editor} from './editor.ts';
import {authorizedKeys} from './line-formats/authorized-keys.ts';
import {hosts} from './line-formats/hosts.ts';
import {nslcdConf, redisConf} from './line-formats/key-value.ts';
import {nsswitch} from './line-formats/nsswitch.ts';
import {sudoers} from './line-formats/sudoers.ts';
import {nginx} from './nginx/nginx.ts';
import {pgHba} from './postgres/pg-hba.ts';
import {postgresqlConf} from './postgres/postgresql-conf.ts';
import {pythonSettings} from './python/settings.ts';
import {systemdUnit, uwsgiIni} from './sections/ini.ts';
import {myCnf} from './sections/my-cnf.ts';
import {shellVars} from './shell/shell-vars.ts';
import {toml} from './toml/toml.ts';
import {yaml} from './yaml/yaml.ts';

export const formats = {
	nsswitch,
	hosts,
	authorized_keys: authorizedKeys,
	sudoers,
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
export type AnyEdit = {
	readonly [F in FormatName]: {readonly format: F; readonly settings: readonly SettingOf<F>[]};
}[FormatName];

/** The editor of a format, where which one it is no longer matters: it takes only settings that came with that format in an AnyEdit. */
export const editorFor = (format: FormatName): Editor<unknown> => formats[format] as Editor<unknown>;
