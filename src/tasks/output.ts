/** Where a command writes: the real streams, or a test's. stdout carries the chosen format and nothing else; words to the operator go to stderr then. */
export type Stream = {readonly isTTY?: boolean; readonly columns?: number; write(text: string): unknown};
export type Output = {readonly stdout: Stream; readonly stderr: Stream};
