import type { Client, Prompt, Resource, Tool } from '@modelcontextprotocol/client';
import { table } from '../output/table.ts';
import { plainText } from '../output/terminal-text.ts';

export const KINDS = ['tools', 'resources', 'prompts'] as const;
export type Kind = (typeof KINDS)[number];

/** What a server offers; a kind that was not asked for is absent. */
export interface Offer {
  tools?: Tool[];
  resources?: Resource[];
  prompts?: Prompt[];
}

/** Asks a server for what it offers. A kind that it does not have is an empty list. */
export async function askOffer(client: Client, kinds: readonly Kind[], options: { timeout: number; signal: AbortSignal }): Promise<Offer> {
  const offer: Offer = {};
  const has = client.getServerCapabilities() ?? {};
  if (kinds.includes('tools')) offer.tools = has.tools ? (await client.listTools({}, options)).tools : [];
  if (kinds.includes('resources')) offer.resources = has.resources ? (await client.listResources({}, options)).resources : [];
  if (kinds.includes('prompts')) offer.prompts = has.prompts ? (await client.listPrompts({}, options)).prompts : [];
  return offer;
}

/** The offer for people: a table for each kind. */
export function offerText(offer: Offer, paintHead: (text: string) => string): string {
  const parts: string[] = [];
  const add = (head: string, items: readonly { name: string; description?: string | undefined }[]): void => {
    const rows = items.map(({ name, description }) => [plainText(name), firstLine(description)]);
    parts.push(rows.length === 0 ? `No ${head.toLowerCase()}s.` : table([head, 'DESCRIPTION'], rows, paintHead));
  };
  if (offer.tools) add('TOOL', offer.tools);
  if (offer.resources)
    add(
      'RESOURCE',
      offer.resources.map(({ uri, name, description }) => ({ name: uri, description: description ?? name })),
    );
  if (offer.prompts) add('PROMPT', offer.prompts);
  return parts.join('\n\n');
}

const firstLine = (text = ''): string => plainText(text.trim().split('\n')[0] ?? '');
