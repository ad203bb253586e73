/**
 * What an operator's own stack is handed. Its files lie outside of this package, where neither zod nor anything of ours can be imported, and
 * a second copy of our classes would not be ours: so a stack exports a function, and gets all it needs from here. Loaded only where there is one.
 */
import {z} from 'zod';
import * as questions from '#answers/questions/questions.ts';
import {defineStack, defineStep} from '#model/step.ts';
import {group} from '#resources/accounts/group.ts';
import {user} from '#resources/accounts/user.ts';
import {aptPackages} from '#resources/apt/apt-packages.ts';
import {debconf} from '#resources/apt/debconf.ts';
import {dpkgConsistent} from '#resources/apt/dpkg-consistent.ts';
import {sourceBuild} from '#resources/build/source-build.ts';
import {ownCertificate} from '#resources/certificates/own-certificate.ts';
import {selfSigned} from '#resources/certificates/self-signed.ts';
import {djangoMakeMigrations} from '#resources/django/make-migrations.ts';
import {djangoCollectstatic, djangoMigrate} from '#resources/django/migrate-and-collect.ts';
import {download} from '#resources/download/download.ts';
import {absent} from '#resources/files/absent.ts';
import {copyTree} from '#resources/files/copy-tree.ts';
import {directory} from '#resources/files/directory.ts';
import {edit, lateEdit} from '#resources/files/edit.ts';
import {file} from '#resources/files/file.ts';
import {hostsNames} from '#resources/files/hosts-names.ts';
import {symlink} from '#resources/files/symlink.ts';
import {gitCheckout} from '#resources/git/checkout.ts';
import {ldapEntry} from '#resources/ldap/entry.ts';
import {postgresDatabase} from '#resources/postgres/database.ts';
import {postgresLogin} from '#resources/postgres/login.ts';
import {postgresRole} from '#resources/postgres/role.ts';
import {postgresSetting} from '#resources/postgres/setting.ts';
import {venv} from '#resources/python/venv.ts';
import {connectingAccounts} from '#resources/redis/connecting-accounts.ts';
import {unit} from '#resources/units/unit.ts';
import {httpProof} from '#resources/web-proof/login.ts';
import {djangoApplication} from '#steps/django-application.ts';
import {djangoSuperuser} from '#steps/django-superuser.ts';
import {djangoTables} from '#steps/django-tables.ts';
import {docker} from '#steps/docker.ts';
import {fetching} from '#steps/fetching.ts';
import {firewall} from '#steps/firewall.ts';
import {gunicorn} from '#steps/gunicorn.ts';
import {nginx} from '#steps/nginx.ts';
import {nginxSite} from '#steps/nginx-site.ts';
import {postgres} from '#steps/postgres.ts';
import {pathThere} from '#steps/probes/files.ts';
import {portFree} from '#steps/probes/port-free.ts';
import {serverAnswers} from '#steps/probes/server.ts';
import {urlThere} from '#steps/probes/url.ts';
import {questionOf as accept} from '#steps/shared/accept.ts';
import {tls} from '#steps/tls.ts';

export const kit = {
	z,
	defineStack,
	/** A step of one's own: id, title, about, guide, questions, and the resources that the answers ask for. */
	step: defineStep,
	/** Types of questions: a port, a path, a secret. */
	questions: {...questions, accept},
	/** Things on the host with a desired state; what setup does with them it can undo. */
	makers: {
		absent,
		aptPackages,
		copyTree,
		debconf,
		directory,
		djangoCollectstatic,
		djangoMakeMigrations,
		djangoMigrate,
		download,
		dpkgConsistent,
		edit,
		file,
		gitCheckout,
		group,
		hostsNames,
		httpProof,
		lateEdit,
		ldapEntry,
		ownCertificate,
		postgresDatabase,
		postgresLogin,
		postgresRole,
		postgresSetting,
		redisAccounts: connectingAccounts,
		selfSigned,
		sourceBuild,
		symlink,
		unit,
		user,
		venv,
	},
	/** Whole steps that several stacks share. */
	steps: {
		djangoApplication,
		djangoSuperuser,
		djangoTables,
		docker,
		fetching,
		firewall,
		gunicorn,
		nginx,
		nginxSite,
		postgres,
		tls,
	},
	/** Questions to the world beside the questions of a step. */
	probes: {pathThere, portFree, serverAnswers, urlThere},
};

export type Kit = typeof kit;
