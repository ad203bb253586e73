/** What an undo left on purpose, its services stopped, is accused of nothing: `setup status` lists it. */
import {unitState} from '#host/units/units.ts';
import type {AnyCheck} from '#model/check.ts';
import type {Reader} from '#model/host.ts';
import type {DoctorPlace} from './place.ts';

/** The checks, those about a service that an undo stopped (and nobody started since) as not applicable. */
export const withoutLeft = async (
	checks: readonly AnyCheck[],
	{state}: DoctorPlace,
	host: Reader,
): Promise<readonly AnyCheck[]> => {
	if (host.root !== '/') return checks;
	const names = await host.list(`${state}/stamps`).catch(() => undefined);
	if (!names?.some(name => name.startsWith('rested-services'))) return checks;
	const {restedUnits} = await import('#resources/apt/rested.ts');
	const left = new Set<string>();
	for (const {unit} of await restedUnits(host)) if ((await unitState(unit, host)).active === 'inactive') left.add(unit);
	return checks.map(check => {
		const unit = aboutUnit.find(([about]) => about.test(check.id))?.[1].find(one => left.has(one));
		return unit === undefined
			? check
			: {
					...check,
					requires: [],
					appliesTo: () => `an undo left ${unit} stopped, with its packages: setup status lists them`,
				};
	});
};

/** Of which service a check speaks. The first that fits. */
const aboutUnit: readonly (readonly [RegExp, readonly string[]])[] = [
	[/^ldap\.(nslcd|nsswitch|getent|pam)$/, ['nslcd.service']],
	[/^ldap\./, ['slapd.service', 'nslcd.service']],
	[/^postgres\./, ['postgresql.service']],
	[/^redis\./, ['redis-server.service']],
	[/^nginx\./, ['nginx.service']],
	[/^apache\./, ['apache2.service']],
	[/^mysql\./, ['mysql.service', 'mariadb.service']],
	[/^mongodb\./, ['mongod.service', 'mongodb.service']],
	[/^docker\./, ['docker.service']],
	[/^supervisor\./, ['supervisor.service']],
];
