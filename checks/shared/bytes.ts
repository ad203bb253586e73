/** A number of bytes for a reader. */
export const shownBytes = (bytes: number): string => {
	const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
	const at = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
	const value = bytes / 1024 ** at;
	return `${value < 10 && at > 1 ? value.toFixed(1) : Math.round(value)} ${units[at]}`;
};
