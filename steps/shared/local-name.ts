/** Names such as ipynbsrv.ldap, by which the application finds its servers; they stand in /etc/hosts. */
import {hostName} from '#answers/questions/questions.ts';

export const localName = (name: string, title: string) =>
	hostName().default(name).meta({title, help: 'Added to /etc/hosts for this host.', from: 'guide'});
