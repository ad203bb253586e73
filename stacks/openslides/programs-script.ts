/** The programs that stand in for what is dead, as they lie on the host. */
import {textBeside} from '#host/files/text-beside.ts';

export const backendProgram = textBeside(import.meta.url, './programs/backend.py');

/** By name in their folder. */
export const instancePrograms: Readonly<Record<string, string>> = {
	instances: textBeside(import.meta.url, './programs/instances.py'),
	play: textBeside(import.meta.url, './programs/play.py'),
	'rkt.py': textBeside(import.meta.url, './programs/rkt.py'),
	'instance_child.py': textBeside(import.meta.url, './programs/instance_child.py'),
	'instance_container.py': textBeside(import.meta.url, './programs/instance_container.py'),
	'instance_database.py': textBeside(import.meta.url, './programs/instance_database.py'),
	'instance_files.py': textBeside(import.meta.url, './programs/instance_files.py'),
	'instance_record.py': textBeside(import.meta.url, './programs/instance_record.py'),
	'instance_roles.py': textBeside(import.meta.url, './programs/instance_roles.py'),
	'instance_site.py': textBeside(import.meta.url, './programs/instance_site.py'),
	'instance_system.py': textBeside(import.meta.url, './programs/instance_system.py'),
};
