/** The words of the wizard, which is `setup` without a command. */
import {parseArgs} from 'node:util';
import {Fault} from '#model/fault.ts';
import type {WizardOptions} from './wizard.ts';

/** undefined where a command is named, or help is asked for. Throws Fault usage.option. */
export const wizardArgs = (argv: readonly string[]): WizardOptions | undefined => {
	if (argv.length > 0 && !/^--(plain|format|state)(=|$)/.test(argv[0] ?? '')) return undefined;
	try {
		const {values} = parseArgs({
			args: [...argv],
			options: {
				plain: {type: 'boolean', default: false},
				format: {type: 'string', default: 'text'},
				state: {type: 'string'},
			},
		});
		if (values.format !== 'text' && values.format !== 'ndjson')
			throw new TypeError(`--format takes text or ndjson, not ${JSON.stringify(values.format)}`);
		return {plain: values.plain, format: values.format, ...(values.state !== undefined && {state: values.state})};
	} catch (error) {
		throw new Fault('usage.option', (error as Error).message, '`setup --help` shows what there is.', {cause: error});
	}
};
