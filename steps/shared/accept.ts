/** Preflight findings that an operator has seen and takes on. */
import {z} from 'zod';

export const questionOf = () =>
	z
		.array(z.enum(['release', 'architecture', 'memory', 'disk', 'ports', 'systemd', 'network']))
		.default([])
		.meta({
			title: 'Findings of the preflight to accept',
			help: 'By name, each only after you have read what it says.',
			from: 'setup',
			quiet: true,
		});
