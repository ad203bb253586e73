/**
 * A certificate and its key that an operator brings: looked at before a server is told to use them, because one that does not fit stops it at its
 * next start. Nothing of them is changed.
 */
import {dayOf, notFor, type PairPaths, readPair} from '#host/certificates/pair.ts';
import {Fault} from '#model/fault.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {withEdges} from '../shared/edges.ts';

export type OwnCertificateSpec = PairPaths & {
	/** What it must be for. */
	readonly names: readonly string[];
};

/** Provides `done:certificate`. Throws Fault 'certificate.missing', '.unreadable', '.other-key', '.dates', '.names'. */
export const ownCertificate = (spec: OwnCertificateSpec, edges: Partial<Edges> = {}): Resource =>
	resource(
		ownCertificateType,
		withEdges({id: `own-certificate:${spec.certificate}`, provides: ['done:certificate']}, edges),
		spec,
	);

export const ownCertificateType: ResourceType<OwnCertificateSpec, 'fits'> = {
	name: 'own-certificate',
	async inspect(spec, host) {
		const pair = await readPair(spec, host);
		if (pair.is === 'missing')
			throw new Fault('certificate.missing', `${pair.path} is not there`, 'Put it there, or answer where it lies.');
		if (pair.is === 'unreadable')
			throw new Fault(
				'certificate.unreadable',
				`${pair.path} is no ${pair.of === 'key' ? 'private key' : 'certificate'} in PEM form`,
				'Both must be PEM, the key without a passphrase.',
			);
		if (pair.is === 'other')
			throw new Fault(
				'certificate.other-key',
				`the key ${spec.key} does not belong to the certificate ${spec.certificate}`,
				'Answer the two that belong together.',
			);
		const now = Date.now();
		if (pair.until.getTime() < now || pair.from.getTime() > now)
			throw new Fault(
				'certificate.dates',
				`${spec.certificate} is valid from ${dayOf(pair.from)} to ${dayOf(pair.until)} only`,
				'Get a new one; look at the clock of this host as well.',
			);
		const lacking = notFor(pair.certificate, spec.names);
		if (lacking.length > 0)
			throw new Fault(
				'certificate.names',
				`${spec.certificate} is not for ${lacking.join(', ')}`,
				'Get one for all names of the site, or answer the names that it is for.',
			);
		return 'fits';
	},
	diff: () => [],
	undoOf: () => ({can: true, record: null}),
	apply: async () => {},
	undo: async () => ({outcome: 'already'}),
};
