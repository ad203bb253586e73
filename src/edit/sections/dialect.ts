/** What tells one file of sections from another: comments, quotes, how a key is parted from its value. */
export type SectionDialect = {
	readonly format: string;
	/** Between key and value on a new line. */
	readonly equals: string;
	/** Does a backslash at its end continue a line? */
	readonly continues: boolean;
	/** Lines that are neither section nor key: `!includedir`. */
	readonly other: RegExp;
	/** Does a BOM at the start of the file mean nothing? */
	readonly bom?: true;
	/** Keys that begin and end a part under a condition. */
	readonly opens?: RegExp;
	readonly closes?: RegExp;
	/** A section's name as the program compares it; as written unless said. */
	sectionName?(name: string): string;
	/** May a key stand without a value? */
	readonly flags: boolean;
	sameKey(a: string, b: string): boolean;
	/** How far the value reaches on its line: before a comment, for those that have one there. */
	valueEnd?(text: string): number;
	quote(plain: string, key: string): string;
	/** What is written when the format may expand in it. */
	raw(plain: string): string;
	/** What the program reads; undefined when it expands something. */
	read(written: string, key: string): string | undefined;
};
