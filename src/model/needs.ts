/** What a stack asks of a host before anything is done there. */
export type HostNeeds = {
	/** Under the first is a finding, under the second is said. */
	readonly memoryMiB: readonly [least: number, advised: number];
	/** Free on /, /usr and /var, wherever they lie. */
	readonly diskMiB: number;
	/** Ports that must be free, or held by one of these programs. */
	readonly ports: readonly {readonly port: number; readonly ours: readonly string[]}[];
	/** Codenames; without them every release that setup knows. */
	readonly releases?: readonly string[];
	/** Once this is there, disk and network are no question any more: the stack is installed. */
	readonly installed: string;
	/** `step.key` of the answer that lists by name what the operator takes on: `packages.accept`. */
	readonly accept: `${string}.${string}`;
};
