/** cn=config is changed as root of this host over ldapi, LDIF on stdin: no password is needed, and none is in an argument. */
import {Fault, faultData} from '#model/fault.ts';
import type {Host} from '#model/host.ts';
import type {Text} from '#model/secret.ts';

/** Applies LDIF records, one after the other. Throws Fault 'ldap.refused' with slapd's words. */
export const modifyConfig = async (host: Host, records: Text): Promise<void> => {
	try {
		await host.exec(['ldapmodify', '-Q', '-Y', 'EXTERNAL', '-H', 'ldapi:///'], {stdin: records});
	} catch (error) {
		const {code, details} = faultData(error);
		if (code !== 'program.failed') throw error;
		const words = details.filter(line => /^ldap_|additional info/.test(line));
		throw new Fault(
			'ldap.refused',
			`slapd refused a change of its configuration: ${(words.length > 0 ? words : details).map(line => line.trim()).join(', ')}`,
			'For a certificate: the user openldap must be able to read it and its key. Otherwise journalctl -u slapd says more.',
			{details},
		);
	}
};
