import { isUtf8 } from 'node:buffer';
import type { SecretSetRequest, SecretSetResult } from '../../api/contract/secrets.ts';
import { command } from '../command.ts';
import { toggle } from '../flags/flag.ts';
import { quietFlag } from '../flags/shared.ts';
import { readSecret, withoutLineEnd } from '../read-secret.ts';
import { secretPath } from './secret.ts';

export const secretSetCommand = command({
  name: 'secret set',
  summary: 'Make or change a secret; its value comes from stdin, or from a question that shows nothing',
  description:
    'One line end at the end of stdin is not part of the value. A value may hold any bytes; one for --secret must be UTF-8 without NUL.\n' +
    'Servers get a changed value at their next start',
  args: [{ name: 'NAME', summary: 'Letters, digits, dots, - and _', required: true }],
  flags: { keepNewline: toggle('Take stdin as it is, with its last line end'), quiet: quietFlag() },
  examples: ['holdfast secret set github', 'gh auth token | holdfast secret set github'],
  async run({ words: [name = ''], flags }, context) {
    const { output } = context;
    const api = await context.api();
    const ask = (): void => output.note(`Value of ${name} (not shown), then Enter:`);
    const given = await readSecret(ask);
    const value = flags.keepNewline ? given : withoutLineEnd(given);
    const encoding = isUtf8(value) ? 'utf8' : 'base64';
    const body: SecretSetRequest = { value: value.toString(encoding), encoding };
    const result = await api.json<SecretSetResult>({ method: 'POST', path: secretPath(name), body });
    output.result(result, () => {
      if (flags.quiet) return '';
      const users = result.used_by.length === 0 ? '' : `; restart ${result.used_by.join(', ')} to use it`;
      return `${name} is kept (${result.provider})${users}`;
    });
  },
});
