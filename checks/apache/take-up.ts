/** How Apache takes up what its files say: by a reload where that is enough, else by a restart. Never without a test before: with a broken file it would not come back. */
import type {Resource} from '#model/resource.ts';
import {unit} from '#resources/units/unit.ts';

type Commands = readonly (readonly string[])[];

const test = ['apache2ctl', 'configtest'];

export const reloads: Commands = [test, ['systemctl', 'reload', 'apache2.service']];

/** Of a module that is loaded at the start alone. */
export const restarts: Commands = [test, ['systemctl', 'restart', 'apache2.service']];

/** The same as a repair. */
export const startedAnew = (): readonly Resource[] => [
	unit({name: 'apache2.service', running: true, notBefore: Date.now()}),
];
