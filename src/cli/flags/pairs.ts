import { usage } from '../usage.ts';

/** `KEY=VALUE` texts as one object; a later one wins. @throws HF_USAGE */
export function pairs(texts: readonly string[], name: string): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at < 1) throw usage(`${name} ${JSON.stringify(text)} is not KEY=VALUE`);
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}
