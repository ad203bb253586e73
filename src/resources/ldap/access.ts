/** Who may see what in a directory of accounts: password hashes are for binding only, also for those who may read all else. */

/** The olcAccess list, in its order. Root of this host may manage the entries through the socket, so that nobody is locked out by a lost password. */
export const directoryAccess = ({
	anonymous,
}: {
	readonly suffix?: string;
	readonly anonymous: 'read' | 'none';
}): readonly string[] => {
	const root = 'by dn.exact=gidNumber=0+uidNumber=0,cn=peercred,cn=external,cn=auth manage';
	return [
		`to attrs=userPassword ${root} by self =xw by anonymous auth by * none`,
		`to attrs=shadowLastChange,shadowMin,shadowMax,shadowWarning,shadowInactive,shadowExpire,shadowFlag ${root} by self read by * none`,
		`to * ${root} by ${anonymous === 'read' ? '* read' : 'users read by * none'}`,
	];
};
