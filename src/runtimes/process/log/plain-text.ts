const ESCAPE = 0x1b;
const BELL = 0x07;

/**
 * A line without escape sequences and control characters, as it may stand in an error, a table or a page.
 * Where a carriage return redrew the line (a progress bar), what it showed last is kept.
 */
export function plainText(line: string): string {
  const end = line.endsWith('\r') ? line.length - 1 : line.length;
  let shown = '';
  let at = 0;
  while (at < end) {
    const code = line.charCodeAt(at);
    if (code === ESCAPE) {
      at = afterEscape(line, at, end);
      continue;
    }
    if (code === 0x0d) shown = '';
    else if (code === 0x09 || (code >= 0x20 && code < 0x7f) || code > 0x9f) shown += line[at];
    at += 1;
  }
  return shown;
}

/** Where the escape sequence that begins at `at` is over (ECMA-48: CSI, the string sequences OSC, DCS, SOS, PM and APC, two-character ones). */
function afterEscape(line: string, at: number, end: number): number {
  const kind = line[at + 1];
  if (kind === '[') {
    let next = at + 2;
    // Parameters and intermediates are 0x20…0x3f, the final character is 0x40…0x7e.
    while (next < end && line.charCodeAt(next) >= 0x20 && line.charCodeAt(next) < 0x40) next += 1;
    return next + 1;
  }
  if (kind !== undefined && ']PX^_'.includes(kind)) {
    let next = at + 2;
    while (next < end && line.charCodeAt(next) !== BELL && line.charCodeAt(next) !== ESCAPE) next += 1;
    return line[next] === '\u001b' && line[next + 1] === '\\' ? next + 2 : next + 1;
  }
  let next = at + 1;
  while (next < end && line.charCodeAt(next) >= 0x20 && line.charCodeAt(next) < 0x30) next += 1;
  return next + 1;
}
