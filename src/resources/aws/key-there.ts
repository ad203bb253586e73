/** An access key that somebody else put into a file: looked for before anything waits for it. Nothing is changed by it. */
import {readKeyFile} from '#host/aws/key-file.ts';
import {Fault} from '#model/fault.ts';
import {type Edges, type Resource, type ResourceType, resource} from '#model/resource.ts';
import {withEdges} from '../shared/edges.ts';

export type AwsKeyThereSpec = {
	readonly path: string;
	/** Which answer has setup make it. */
	readonly or: string;
};

/** Provides the path. */
export const awsKeyThere = (spec: AwsKeyThereSpec, edges: Partial<Edges> = {}): Resource =>
	resource(awsKeyThereType, withEdges({id: `aws-key:${spec.path}`, provides: [`path:${spec.path}`]}, edges), spec);

export const awsKeyThereType: ResourceType<AwsKeyThereSpec, 'there'> = {
	name: 'aws-key',
	async inspect({path, or}, host) {
		if ((await readKeyFile(host, path)) !== undefined) return 'there';
		throw new Fault(
			'aws.no-key',
			`there is no access key of AWS in ${path}`,
			`Put it there as into ~/.aws/credentials (mode 0600), or answer ${or}.`,
		);
	},
	diff: () => [],
	undoOf: () => ({can: true, record: null}),
	apply: async () => undefined,
	undo: async () => ({outcome: 'already'}),
};
