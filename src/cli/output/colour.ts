const CODES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39], cyan: [36, 39] } as const;

export type Style = keyof typeof CODES;

/** Wraps text in a colour, or leaves it alone. */
export type Paint = (style: Style, text: string) => string;

/** Colours for a stream: only on a terminal, and not under NO_COLOR or TERM=dumb. */
export function paintFor(stream: { readonly isTTY?: boolean | undefined }, env: Readonly<Record<string, string | undefined>>): Paint {
  const off = stream.isTTY !== true || (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb';
  return off ? (_style, text) => text : (style, text) => `\u001b[${CODES[style][0]}m${text}\u001b[${CODES[style][1]}m`;
}
