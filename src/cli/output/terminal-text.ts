/** Colour escapes: CSI … m with parameters only. */
const COLOUR = '\u001b\\[[0-9;:]*m';
/** Control characters but tab, and those that reorder what is read. */
const CONTROL = '[\\u0000-\\u0008\\u000a-\\u001f\\u007f-\\u009f\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069]';
const COLOUR_OR_CONTROL = new RegExp(`${COLOUR}|${CONTROL}`, 'g');
const EACH_CONTROL = new RegExp(CONTROL, 'g');

/**
 * One line from a server as it may be shown on a terminal: colours pass (and end with the line), every other control byte is shown
 * escaped, so that a server cannot move the cursor, set a title, write the clipboard or hide text.
 */
export function terminalLine(line: string): string {
  let coloured = false;
  const safe = line.replace(COLOUR_OR_CONTROL, (found) => {
    if (found.length > 1) {
      coloured = true;
      return found;
    }
    return escaped(found);
  });
  return coloured ? `${safe}\u001b[0m` : safe;
}

/** The same for text that may have several lines and no colours: names, messages, cells of a table. */
export function plainText(text: string): string {
  return text.replace(EACH_CONTROL, (found) => (found === '\n' ? found : escaped(found)));
}

function escaped(character: string): string {
  const code = character.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}
