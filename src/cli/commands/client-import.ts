import type { ImportAnswer, ImportRequest } from '../../api/contract/imports.ts';
import { command } from '../command.ts';
import { confirm } from '../confirm.ts';
import { definedEnv } from '../defined-env.ts';
import { textsFlag, toggle } from '../flags/flag.ts';
import { operate } from '../operations.ts';
import type { Output } from '../output/output.ts';
import { table } from '../output/table.ts';
import { plainText } from '../output/terminal-text.ts';
import { usage } from '../usage.ts';

export const clientImportCommand = command({
  name: 'client import',
  summary: "Take the servers that an AI client's file names already under care",
  description:
    'Makes workloads of them and puts their URLs in the places of the entries; shows what would change, and asks. Commands stay commands; values of variables become secrets (`holdfast secret list`).\n' +
    'An entry whose server does not start stays as it is. `holdfast client restore CLIENT` puts the entries back as they were',
  args: [
    { name: 'CLIENT', summary: 'The client, e.g. cursor', required: true },
    {
      name: 'NAME',
      summary: 'Entries, as they are called in the file; all that can be imported where none is named',
      required: false,
      many: true,
    },
  ],
  flags: {
    dryRun: toggle('Only show what would change'),
    yes: toggle('Do not ask', { short: 'y' }),
    set: textsFlag('VAR=VALUE', "Value for ${VAR} in an entry; VAR alone takes this shell's value"),
  },
  examples: ['holdfast client import cursor --dry-run', 'holdfast client import vscode github --set github_token'],
  async run({ words: [client = '', ...names], flags }, context) {
    const { output, cwd, env } = context;
    const api = await context.api();
    const ask = (dryRun: boolean): Promise<ImportAnswer> => {
      const body: ImportRequest = { names, values: valuesOf(flags.set, env), dry_run: dryRun, caller: { cwd, env: definedEnv(env) } };
      return operate<ImportAnswer>(api, context, { method: 'POST', path: `/v1/clients/${encodeURIComponent(client)}/import`, body });
    };
    if (!flags.dryRun && !flags.yes && (output.json || !process.stdin.isTTY))
      throw usage('There is no terminal to ask', 'Say --yes, or look first with --dry-run.');

    const plan = await ask(true);
    const importable = plan.entries.filter(({ state }) => state === 'importable').length;
    if (flags.dryRun || importable === 0) {
      show(output, plan);
      return 0;
    }
    if (!flags.yes) {
      show(output, plan);
      if (!(await confirm(context, `Import ${importable} of ${plan.entries.length}?`, 'Say --yes.'))) {
        output.note('Nothing was changed.');
        return 0;
      }
    }
    const done = await ask(false);
    show(output, done);
    return done.entries.some(({ state }) => state === 'failed') ? 1 : 0;
  },
});

function show(output: Output, { entries, changes, warnings }: ImportAnswer): void {
  for (const warning of warnings) output.warn(warning);
  output.result({ entries, changes, warnings }, () => {
    if (entries.length === 0) return 'There is nothing to import: every entry is of Holdfast, or there is none.';
    const rows = entries.map(({ name, state, workload, package: source, why }) =>
      [name, state, workload ?? '', why ?? source ?? ''].map((cell) => plainText(cell).replaceAll('\n', ' ')),
    );
    const list = table(['ENTRY', 'STATE', 'WORKLOAD', 'FROM, OR WHY NOT'], rows, (text) => output.paint('bold', text));
    return [list, ...changes.map(({ diff }) => plainText(diff).trimEnd())].filter((part) => part !== '').join('\n\n');
  });
}

function valuesOf(texts: readonly string[], env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      const name = at < 0 ? text : text.slice(0, at);
      const value = at < 0 ? env[text] : text.slice(at + 1);
      if (name === '' || value === undefined)
        throw usage(`--set ${JSON.stringify(text)}: there is no value`, 'Write it as --set VAR=VALUE, or export VAR.');
      return [name, value];
    }),
  );
}
