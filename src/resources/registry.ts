/** Every resource type by its name: undo finds the type that a journal line speaks of. */
import type {ResourceType} from '#model/resource.ts';
import {getentProofType} from './accounts/getent-proof.ts';
import {groupType} from './accounts/group.ts';
import {pamProfileType} from './accounts/pam-profile.ts';
import {userType} from './accounts/user.ts';
import {aptPackagesType} from './apt/apt-packages.ts';
import {debconfType} from './apt/debconf.ts';
import {dpkgConsistentType} from './apt/dpkg-consistent.ts';
import {assetBuildType} from './assets/build.ts';
import {npmToolType} from './assets/npm-tool.ts';
import {sourceBuildType} from './build/source-build.ts';
import {demoSourcesType} from './demo/demo-sources.ts';
import {djangoMakeMigrationsType} from './django/make-migrations.ts';
import {djangoCollectstaticType, djangoMigrateType} from './django/migrate-and-collect.ts';
import {djangoSuperuserType} from './django/superuser.ts';
import {downloadType} from './download/download.ts';
import {absentType} from './files/absent.ts';
import {copyTreeType} from './files/copy-tree.ts';
import {directoryType} from './files/directory.ts';
import {editType} from './files/edit.ts';
import {fileType} from './files/file.ts';
import {symlinkType} from './files/symlink.ts';
import {gitCheckoutType} from './git/checkout.ts';
import {codeMentionsType} from './git/code-mentions.ts';
import {ldapBindType} from './ldap/bind.ts';
import {ldapConfigType} from './ldap/config.ts';
import {ldapDatabaseType} from './ldap/database.ts';
import {ldapEntryType} from './ldap/entry.ts';
import {postgresDatabaseType} from './postgres/database.ts';
import {postgresLoginType} from './postgres/login.ts';
import {postgresRoleType} from './postgres/role.ts';
import {postgresSettingType} from './postgres/setting.ts';
import {requirementsType} from './preflight/requirements.ts';
import {venvType} from './python/venv.ts';
import {unitType} from './units/unit.ts';
import {httpProofType} from './web-proof/login.ts';
import {rootCopyType} from './web-sites/root-copy.ts';

// biome-ignore lint/suspicious/noExplicitAny: the journal knows only names; each type reads back its own record.
type AnyType = ResourceType<any, any>;

// Add your line, in alphabetical order.
const types: readonly AnyType[] = [
	absentType,
	aptPackagesType,
	assetBuildType,
	codeMentionsType,
	copyTreeType,
	debconfType,
	demoSourcesType,
	directoryType,
	djangoCollectstaticType,
	djangoMakeMigrationsType,
	djangoMigrateType,
	downloadType,
	dpkgConsistentType,
	editType,
	fileType,
	getentProofType,
	gitCheckoutType,
	groupType,
	httpProofType,
	ldapBindType,
	ldapConfigType,
	ldapDatabaseType,
	ldapEntryType,
	npmToolType,
	pamProfileType,
	postgresDatabaseType,
	postgresLoginType,
	postgresRoleType,
	postgresSettingType,
	requirementsType,
	rootCopyType,
	sourceBuildType,
	djangoSuperuserType,
	symlinkType,
	unitType,
	userType,
	venvType,
];

/** The type of that name; undefined for a journal written by a newer version. */
export const typeNamed = (name: string): AnyType | undefined => types.find(type => type.name === name);

/** All of them. */
export const typeNames: readonly string[] = types.map(type => type.name);
