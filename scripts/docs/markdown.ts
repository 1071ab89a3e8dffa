/** Stands at the top of every generated document. */
export const GENERATED = '<!-- Made from the code by `npm run docs`; changes here are lost. -->';

/** Text for a cell of a table. */
export const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
