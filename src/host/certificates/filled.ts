/** The paths of certificates that nginx makes of the name it is asked for: one file for each name of the server. */

export type Filled = {readonly file: string; readonly of: readonly string[]; fill(text: string): string};

/** A file for each name where its path says so: `/etc/tls/$ssl_server_name.pem`. What else a variable may hold is not known. */
export const filled = (path: string, names: readonly string[]): readonly Filled[] => {
	if (!path.includes('$')) return unknown.test(path) ? [] : [{file: path, of: names, fill: text => text}];
	return names.flatMap(name => {
		const fill = (text: string): string => text.replace(/\$(\{?)(?:ssl_server_name|server_name|host)\b\}?/g, name);
		const file = fill(path);
		return unknown.test(file) || /[*~]/.test(name) ? [] : [{file, of: [name], fill}];
	});
};

/** What a path may hold that is no path, or not known before somebody asks. */
export const unknown = /\$|^(data|engine|store):/;
