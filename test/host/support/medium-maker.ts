/** A host that can make a medium with Python packages: what a throw-away host inside it needs. */
import {withPackages} from './with-host.ts';

export const mediumMaker = withPackages('medium-maker', [
	'libatomic1',
	'systemd-container',
	'debootstrap',
	'iptables',
	'iproute2',
]);
