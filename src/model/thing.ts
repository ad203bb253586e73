/** Something one resource makes and another needs: `unit:nginx.service`, `path:/srv/app`. Closed, so that a typing slip does not compile. */
export type Thing =
	`${'package' | 'path' | 'unit' | 'user' | 'group' | 'name' | 'iface' | 'port' | 'role' | 'database' | 'entry' | 'done'}:${string}`;
