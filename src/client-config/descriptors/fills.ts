import type { Acceptance, Fill, ParserTraits, Reactions } from './descriptor.ts';

/** The workload's name. */
export const name: Fill = { fill: 'name' };
/** The registration's URL, which has its key in it. */
export const url: Fill = { fill: 'url' };
/** The program of the bridge, an absolute path. */
export const command: Fill = { fill: 'command' };
/** Arguments of the bridge. */
export const args: Fill = { fill: 'args' };
/** Program and arguments in one list. */
export const commandLine: Fill = { fill: 'command-line' };

/** Nothing is known about the parser. */
export const unknownParser: ParserTraits = everything('unknown');

/** Nothing is known about how the client reacts. */
export const unknownReactions: Reactions = {
  watchesFile: 'unknown',
  lostSession: 'unknown',
  listChanged: 'unknown',
  retriesAtStart: 'unknown',
};

function everything(accepted: Acceptance): ParserTraits {
  return {
    comments: accepted,
    trailingComma: accepted,
    bom: accepted,
    emptyFile: accepted,
    missingKey: accepted,
    nullKey: accepted,
  };
}
