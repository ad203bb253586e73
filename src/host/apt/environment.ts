/** What keeps packages from asking: debconf, needrestart, listchanges and ucf each have their own way. */
export const aptEnvironment: Readonly<Record<string, string>> = {
	DEBIAN_FRONTEND: 'noninteractive',
	DEBIAN_PRIORITY: 'critical',
	NEEDRESTART_SUSPEND: '1',
	NEEDRESTART_MODE: 'l',
	APT_LISTCHANGES_FRONTEND: 'none',
	UCF_FORCE_CONFFOLD: '1',
};

/** For every apt-get that changes packages: waits for the lock, keeps edited configuration files, needs no terminal. */
export const aptOptions: readonly string[] = [
	'-y',
	'-q',
	'-o',
	'DPkg::Lock::Timeout=600',
	'-o',
	'Dpkg::Use-Pty=0',
	'-o',
	'Dpkg::Options::=--force-confdef',
	'-o',
	'Dpkg::Options::=--force-confold',
	'-o',
	'Acquire::Retries=3',
];
