import type { CallToolResult, ContentBlock } from '@modelcontextprotocol/client';
import { terminalLine } from '../output/terminal-text.ts';

/** What a tool answered, for people. @param terminal whether control bytes have to be shown escaped */
export function resultText(result: CallToolResult, terminal: boolean): string {
  const blocks = (result.content ?? []).map(blockText).join('\n');
  const shown = blocks === '' && result.structuredContent !== undefined ? JSON.stringify(result.structuredContent, null, 2) : blocks;
  return terminal ? shown.split('\n').map(terminalLine).join('\n') : shown;
}

function blockText(block: ContentBlock): string {
  switch (block.type) {
    case 'text':
      return block.text;
    case 'image':
    case 'audio':
      return `[${block.type}, ${block.mimeType}, ${Math.floor((block.data.length * 3) / 4)} bytes; --format json prints it]`;
    case 'resource_link':
      return `[${block.name}: ${block.uri}]`;
    case 'resource':
      return 'text' in block.resource ? block.resource.text : `[${block.resource.uri}; --format json prints it]`;
  }
}
