/** Made by `node checks/make-index.ts`, because whoever adds a check should not have to edit a list. All checks, by subject and name. */
import type {AnyCheck} from '#model/check.ts';
import {check as apacheConfig} from './apache/config.ts';
import {check as apacheCurrent} from './apache/current.ts';
import {check as apacheModules} from './apache/modules.ts';
import {check as apacheMpm} from './apache/mpm.ts';
import {check as apacheRedirect} from './apache/redirect.ts';
import {check as apacheRunning} from './apache/running.ts';
import {check as appserverSocket} from './appserver/socket.ts';
import {check as appserverTimeout} from './appserver/timeout.ts';
import {check as appserverUser} from './appserver/user.ts';
import {check as awsBucket} from './aws/bucket.ts';
import {check as awsDatabaseGroup} from './aws/database-group.ts';
import {check as ccServerConfig} from './cc-server/config.ts';
import {check as ccServerInternalPort} from './cc-server/internal-port.ts';
import {check as ccServerPorts} from './cc-server/ports.ts';
import {check as ccServerSecret} from './cc-server/secret.ts';
import {check as djangoAllowedHosts} from './django/allowed-hosts.ts';
import {check as djangoDatabase} from './django/database.ts';
import {check as djangoDebug} from './django/debug.ts';
import {check as djangoMigrations} from './django/migrations.ts';
import {check as djangoSecretKey} from './django/secret-key.ts';
import {check as djangoStatic} from './django/static.ts';
import {check as djangoSuperuser} from './django/superuser.ts';
import {check as dockerAddress} from './docker/address.ts';
import {check as dockerApi} from './docker/api.ts';
import {check as dockerEngine} from './docker/engine.ts';
import {check as dockerImage} from './docker/image.ts';
import {check as hostAutomaticUpdates} from './host/automatic-updates.ts';
import {check as hostDisk} from './host/disk.ts';
import {check as hostFailedUnits} from './host/failed-units.ts';
import {check as hostFirewall} from './host/firewall.ts';
import {check as hostLeftovers} from './host/leftovers.ts';
import {check as hostMemory} from './host/memory.ts';
import {check as hostPackages} from './host/packages.ts';
import {check as hostPorts} from './host/ports.ts';
import {check as hostRelease} from './host/release.ts';
import {check as hostRestartPending} from './host/restart-pending.ts';
import {check as hostRootProcesses} from './host/root-processes.ts';
import {check as hostSrvWww} from './host/srv-www.ts';
import {check as hostSshd} from './host/sshd.ts';
import {check as hostSudoers} from './host/sudoers.ts';
import {check as hostSwap} from './host/swap.ts';
import {check as hostTime} from './host/time.ts';
import {check as hostUpdates} from './host/updates.ts';
import {check as ldapBase} from './ldap/base.ts';
import {check as ldapBind} from './ldap/bind.ts';
import {check as ldapGetent} from './ldap/getent.ts';
import {check as ldapListeners} from './ldap/listeners.ts';
import {check as ldapNslcd} from './ldap/nslcd.ts';
import {check as ldapNsswitch} from './ldap/nsswitch.ts';
import {check as ldapPam} from './ldap/pam.ts';
import {check as ldapPasswords} from './ldap/passwords.ts';
import {check as ldapServer} from './ldap/server.ts';
import {check as mongodbAuthentication} from './mongodb/authentication.ts';
import {check as mongodbBind} from './mongodb/bind.ts';
import {check as mongodbRunning} from './mongodb/running.ts';
import {check as mysqlAccounts} from './mysql/accounts.ts';
import {check as mysqlBind} from './mysql/bind.ts';
import {check as mysqlRestartPending} from './mysql/restart-pending.ts';
import {check as mysqlRunning} from './mysql/running.ts';
import {check as mysqlSocketActivation} from './mysql/socket-activation.ts';
import {check as mysqlVersion} from './mysql/version.ts';
import {check as nginxAuth} from './nginx/auth.ts';
import {check as nginxConfig} from './nginx/config.ts';
import {check as nginxCurrent} from './nginx/current.ts';
import {check as nginxDefaultSite} from './nginx/default-site.ts';
import {check as nginxHsts} from './nginx/hsts.ts';
import {check as nginxHtpasswd} from './nginx/htpasswd.ts';
import {check as nginxModules} from './nginx/modules.ts';
import {check as nginxRunning} from './nginx/running.ts';
import {check as nginxSettings} from './nginx/settings.ts';
import {check as nginxTls} from './nginx/tls.ts';
import {check as openslidesFiles} from './openslides/files.ts';
import {check as openslidesInstances} from './openslides/instances.ts';
import {check as openslidesNetwork} from './openslides/network.ts';
import {check as openslidesUnit} from './openslides/unit.ts';
import {check as postfixRelay} from './postfix/relay.ts';
import {check as postfixRestartPending} from './postfix/restart-pending.ts';
import {check as postfixRunning} from './postfix/running.ts';
import {check as postgresApplication} from './postgres/application.ts';
import {check as postgresBind} from './postgres/bind.ts';
import {check as postgresHba} from './postgres/hba.ts';
import {check as postgresRestartPending} from './postgres/restart-pending.ts';
import {check as postgresRunning} from './postgres/running.ts';
import {check as postgresSuperusers} from './postgres/superusers.ts';
import {check as postgresVersion} from './postgres/version.ts';
import {check as redisBind} from './redis/bind.ts';
import {check as redisMemory} from './redis/memory.ts';
import {check as redisPersistence} from './redis/persistence.ts';
import {check as redisProtection} from './redis/protection.ts';
import {check as redisRestartPending} from './redis/restart-pending.ts';
import {check as redisRunning} from './redis/running.ts';
import {check as supervisorAutostart} from './supervisor/autostart.ts';
import {check as supervisorAvail} from './supervisor/avail.ts';
import {check as supervisorLogs} from './supervisor/logs.ts';
import {check as supervisorPrograms} from './supervisor/programs.ts';
import {check as supervisorRunning} from './supervisor/running.ts';
import {check as tlsCertificate} from './tls/certificate.ts';
import {check as tlsExpiry} from './tls/expiry.ts';
import {check as tlsKey} from './tls/key.ts';
import {check as tlsRenewal} from './tls/renewal.ts';

// biome-ignore format: made by a program, one line for each subject
export const checks: readonly AnyCheck[] = [
	apacheConfig, apacheCurrent, apacheModules, apacheMpm, apacheRedirect, apacheRunning,
	appserverSocket, appserverTimeout, appserverUser,
	awsBucket, awsDatabaseGroup,
	ccServerConfig, ccServerInternalPort, ccServerPorts, ccServerSecret,
	djangoAllowedHosts, djangoDatabase, djangoDebug, djangoMigrations, djangoSecretKey, djangoStatic, djangoSuperuser,
	dockerAddress, dockerApi, dockerEngine, dockerImage,
	hostAutomaticUpdates, hostDisk, hostFailedUnits, hostFirewall, hostLeftovers, hostMemory, hostPackages, hostPorts, hostRelease, hostRestartPending, hostRootProcesses, hostSrvWww, hostSshd, hostSudoers, hostSwap, hostTime, hostUpdates,
	ldapBase, ldapBind, ldapGetent, ldapListeners, ldapNslcd, ldapNsswitch, ldapPam, ldapPasswords, ldapServer,
	mongodbAuthentication, mongodbBind, mongodbRunning,
	mysqlAccounts, mysqlBind, mysqlRestartPending, mysqlRunning, mysqlSocketActivation, mysqlVersion,
	nginxAuth, nginxConfig, nginxCurrent, nginxDefaultSite, nginxHsts, nginxHtpasswd, nginxModules, nginxRunning, nginxSettings, nginxTls,
	openslidesFiles, openslidesInstances, openslidesNetwork, openslidesUnit,
	postfixRelay, postfixRestartPending, postfixRunning,
	postgresApplication, postgresBind, postgresHba, postgresRestartPending, postgresRunning, postgresSuperusers, postgresVersion,
	redisBind, redisMemory, redisPersistence, redisProtection, redisRestartPending, redisRunning,
	supervisorAutostart, supervisorAvail, supervisorLogs, supervisorPrograms, supervisorRunning,
	tlsCertificate, tlsExpiry, tlsKey, tlsRenewal,
];
