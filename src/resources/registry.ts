/** Every resource type by its name: undo finds the type that a journal line speaks of. */
import type {ResourceType} from '#model/resource.ts';
import {absentType} from './absent.ts';
import {aptPackagesType} from './apt-packages.ts';
import {assetBuildType} from './asset-build.ts';
import {codeMentionsType} from './code-mentions.ts';
import {copyTreeType} from './copy-tree.ts';
import {debconfType} from './debconf.ts';
import {demoSourcesType} from './demo-sources.ts';
import {directoryType} from './directory.ts';
import {djangoMakeMigrationsType} from './django-migrations.ts';
import {downloadType} from './download.ts';
import {dpkgConsistentType} from './dpkg-consistent.ts';
import {editType} from './edit.ts';
import {fileType} from './file.ts';
import {getentProofType} from './getent-proof.ts';
import {gitCheckoutType} from './git-checkout.ts';
import {groupType} from './group.ts';
import {httpProofType} from './http-proof.ts';
import {ldapBindType} from './ldap-bind.ts';
import {ldapConfigType} from './ldap-config.ts';
import {ldapDatabaseType} from './ldap-database.ts';
import {ldapEntryType} from './ldap-entry.ts';
import {djangoCollectstaticType, djangoMigrateType} from './manage-py.ts';
import {npmToolType} from './npm-tool.ts';
import {pamProfileType} from './pam-profile.ts';
import {postgresDatabaseType} from './postgres-database.ts';
import {postgresLoginType} from './postgres-login.ts';
import {postgresRoleType} from './postgres-role.ts';
import {postgresSettingType} from './postgres-setting.ts';
import {requirementsType} from './requirements.ts';
import {sourceBuildType} from './source-build.ts';
import {djangoSuperuserType} from './superuser.ts';
import {symlinkType} from './symlink.ts';
import {unitType} from './unit.ts';
import {userType} from './user.ts';
import {venvType} from './venv.ts';

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
	sourceBuildType,
	djangoSuperuserType,
	symlinkType,
	unitType,
	userType,
	venvType,
];

/** The type of that name; undefined for a journal written by a newer version. */
export const typeNamed = (name: string): AnyType | undefined => types.find(type => type.name === name);
