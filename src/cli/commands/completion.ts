import { command } from '../command.ts';
import { SHELLS } from '../completion/shell.ts';
import { usage } from '../usage.ts';

export const completionCommand = command({
  name: 'completion',
  summary: 'Print a script that completes commands, flags and names in a shell',
  args: [{ name: 'SHELL', summary: SHELLS.join(', '), required: true, completes: SHELLS }],
  flags: {},
  examples: [
    'source <(holdfast completion bash)',
    'holdfast completion zsh > "${fpath[1]}/_holdfast"',
    'holdfast completion fish | source',
  ],
  async run({ words: [given = ''] }, { output, completionScript }) {
    const shell = SHELLS.find((name) => name === given);
    if (shell === undefined) throw usage(`There is no completion for ${JSON.stringify(given)}`, `Choose one of ${SHELLS.join(', ')}.`);
    output.line(await completionScript(shell));
  },
});
