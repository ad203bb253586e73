/**
 * Types for a stack of your own (docs/stacks.md). Point at this file where setup lies; Node takes the line away when it runs:
 * `import type {OwnStack} from '/opt/host-setup/own-stack.d.ts';`
 */
import type {Stack} from './src/model/step.ts';
import type {Kit} from './stacks/kit.ts';

/** The default export of /etc/host-setup/stacks/NAME/stack.ts. */
export type OwnStack = (kit: Kit) => Stack;
