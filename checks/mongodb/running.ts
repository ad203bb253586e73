/** MongoDB is down is one fact: what the other checks of it would say stands on this one. */
import {mongoFile} from '#host/mongodb/file.ts';
import type {MongoFile} from '#host/mongodb/mongo-file.ts';
import {defineCheck} from '#model/check.ts';
import {serviceParts} from '../shared/service.ts';

export const check = defineCheck({
	id: 'mongodb.running',
	title: 'MongoDB runs, and starts at boot',
	why: 'CC-Server keeps its tasks and users in MongoDB, and answers nothing without it.',
	reads: ['systemctl show mongod.service (of its own packages), mongodb.service (of Debian and Ubuntu)'],
	source: 'CC-Server guide, "MongoDB"',
	verify: 'systemctl is-active mongod || systemctl is-active mongodb',
	facts: {file: mongoFile},
	appliesTo: ({facts}) => facts.file !== 'absent' || 'MongoDB is not installed',
	...serviceParts('MongoDB', async host => ((await host.fact(mongoFile)) as MongoFile).unit),
});
