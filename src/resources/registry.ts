/** Every resource type by its name: undo finds the type that a journal line speaks of. */
import type {ResourceType} from '#model/resource.ts';
import {absentType} from './absent.ts';
import {aptPackagesType} from './apt-packages.ts';
import {debconfType} from './debconf.ts';
import {directoryType} from './directory.ts';
import {dpkgConsistentType} from './dpkg-consistent.ts';
import {downloadType} from './download.ts';
import {editType} from './edit.ts';
import {fileType} from './file.ts';
import {gitCheckoutType} from './git-checkout.ts';
import {groupType} from './group.ts';
import {postgresDatabaseType} from './postgres-database.ts';
import {postgresLoginType} from './postgres-login.ts';
import {postgresRoleType} from './postgres-role.ts';
import {postgresSettingType} from './postgres-setting.ts';
import {symlinkType} from './symlink.ts';
import {userType} from './user.ts';

// biome-ignore lint/suspicious/noExplicitAny: the journal knows only names; each type reads back its own record.
type AnyType = ResourceType<any, any>;

// Add your line, in alphabetical order.
const types: readonly AnyType[] = [
	absentType,
	aptPackagesType,
	debconfType,
	directoryType,
	dpkgConsistentType,
	downloadType,
	editType,
	fileType,
	gitCheckoutType,
	groupType,
	postgresDatabaseType,
	postgresLoginType,
	postgresRoleType,
	postgresSettingType,
	symlinkType,
	userType,
];

/** The type of that name; undefined for a journal written by a newer version. */
export const typeNamed = (name: string): AnyType | undefined => types.find(type => type.name === name);
