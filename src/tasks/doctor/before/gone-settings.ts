/** Settings that a newer PostgreSQL refuses to start with, and the version that has them no more, from its release notes (appendix E, "Migration to Version"). */

export const goneSettings: ReadonlyMap<string, number> = new Map([
	['operator_precedence_warning', 14],
	['vacuum_cleanup_index_scale_factor', 14],
	['stats_temp_directory', 15],
	['force_parallel_mode', 16],
	['promote_trigger_file', 16],
	['vacuum_defer_cleanup_age', 16],
	['db_user_namespace', 17],
	['old_snapshot_threshold', 17],
	['trace_recovery_messages', 17],
]);
