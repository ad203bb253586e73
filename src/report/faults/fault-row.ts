/** What the catalogue has of a fault. Words in capitals stand for what it is about. */
export type FaultRow = {readonly says: string; readonly hint: string};
