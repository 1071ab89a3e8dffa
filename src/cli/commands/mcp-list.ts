import { command } from '../command.ts';
import { mcpFlags, mcpTarget } from '../mcp/mcp-flags.ts';
import { askOffer, KINDS, offerText } from '../mcp/offer.ts';
import { withServer } from '../mcp/open-server.ts';
import { usage } from '../usage.ts';

export const mcpListCommand = command({
  name: 'mcp list',
  summary: 'Show the tools, resources and prompts of a server',
  args: [{ name: 'KIND', summary: KINDS.join(', '), required: false, completes: KINDS }],
  flags: mcpFlags,
  examples: ['holdfast mcp list --server memory', 'holdfast mcp list tools --server http://127.0.0.1:8000/mcp'],
  async run({ words: [given], flags }, context) {
    const kind = KINDS.find((name) => name === given);
    if (given !== undefined && kind === undefined)
      throw usage(`A server has no ${JSON.stringify(given)} to list`, `Choose one of ${KINDS.join(', ')}.`);
    const kinds = kind === undefined ? KINDS : [kind];
    const offer = await withServer(context, mcpTarget(flags), (client, options) => askOffer(client, kinds, options));
    context.output.result(offer, () => offerText(offer, (text) => context.output.paint('bold', text)));
  },
});
