/** What may be shown, logged or journaled. A Secret is not Json, and tsc says so. */
export type Json = null | boolean | number | string | readonly Json[] | {readonly [key: string]: Json};
