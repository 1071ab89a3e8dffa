import { command } from '../command.ts';
import { usage } from '../usage.ts';

const SHELLS = ['bash', 'zsh', 'fish'] as const;

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
  async run({ words: [given = ''] }, { output, commands, groups }) {
    const shell = SHELLS.find((name) => name === given);
    if (shell === undefined) throw usage(`There is no completion for ${JSON.stringify(given)}`, `Choose one of ${SHELLS.join(', ')}.`);
    const { completionScript } = await import('../completion/script.ts');
    output.line(completionScript(shell, commands, Object.keys(groups)));
  },
});
