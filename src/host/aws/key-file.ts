/** An access key in a file, as every client of AWS reads it (`~/.aws/credentials`): made by one thing, used by another, and shown by neither. */
import type {Reader} from '#model/host.ts';
import {Secret, type Text} from '#model/secret.ts';

export type AwsKey = {readonly id: string; readonly key: Secret};

/** undefined where there is no such file, or no key in it. */
export const readKeyFile = async (host: Reader, path: string): Promise<AwsKey | undefined> => {
	const bytes = await host.read(path);
	if (bytes === undefined) return undefined;
	const text = Buffer.from(bytes).toString('utf8');
	const of = (name: string): string | undefined => new RegExp(`^${name}\\s*=\\s*(\\S+)\\s*$`, 'm').exec(text)?.[1];
	const [id, key] = [of('aws_access_key_id'), of('aws_secret_access_key')];
	return id === undefined || key === undefined ? undefined : {id, key: new Secret(`AWS ${id}`, key)};
};

export const keyFileText = ({id, key}: AwsKey): Text => [
	`[default]\naws_access_key_id = ${id}\naws_secret_access_key = `,
	key,
	'\n',
];
