/** A word of fstab or of the kernel's tables of mounts as it is meant: blanks and the like are written in octal there. */
export const fromOctal = (word: string): string =>
	word.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
