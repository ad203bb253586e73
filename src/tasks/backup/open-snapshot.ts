/** The snapshot that is meant, with what it says of itself. */
import {hostname} from 'node:os';
import {askRestic} from '#host/restic/restic.ts';
import {snapshotNamed, snapshotsIn} from '#host/restic/snapshots.ts';
import type {Reader} from '#model/host.ts';
import type {Place} from '../state-place.ts';
import {backupPlaces} from './places.ts';
import type {Source} from './put-back/tree-back.ts';
import {openBackup} from './remembered-store.ts';
import {parseManifest} from './snapshot-manifest.ts';

/** By the beginning of its name, or the newest: of this host where it has any. Throws Fault backup.*. */
export const openSnapshot = async (place: Place, word: string | undefined, reader: Reader): Promise<Source> => {
	const {repository, settings} = await openBackup(place);
	const places = backupPlaces(place.state);
	const all = await snapshotsIn(reader, repository);
	const ownOnes = all.filter(({host}) => host === settings.host || host === hostname());
	const snapshot = snapshotNamed(word === undefined && ownOnes.length > 0 ? ownOnes : all, word);
	const manifest = parseManifest(
		ofJson(await askRestic(reader, repository, ['dump', '--no-lock', snapshot.id, `${places.stage}/manifest.json`])),
	);
	const counted =
		settings.last !== undefined && snapshot.id.startsWith(settings.last.snapshot) ? settings.last.files : {};
	return {repository, snapshot: snapshot.id, manifest, places, files: counted};
};

/** Before it stands where the password was read from. */
const ofJson = (text: string): string => text.slice(Math.max(0, text.indexOf('{')));
