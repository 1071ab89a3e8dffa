import type { Candidate } from './candidates.ts';

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", `\\'`)}'`;

/** One `complete` line for each word and flag, with the condition under which it is offered. */
export function fishScript(all: readonly Candidate[]): string {
  const lines = all.flatMap(({ path, words, flags, names }) => {
    const when = `-n ${quoted(`__holdfast_at ${path === '' ? '' : path}`.trim())}`;
    return [
      ...words.map(({ word, summary }) => `complete -c holdfast -f ${when} -a ${word}${summary === '' ? '' : ` -d ${quoted(summary)}`}`),
      ...(names === null ? [] : [`complete -c holdfast -f ${when} -a '(holdfast __names ${names} 2>/dev/null)'`]),
      ...flags.map(({ name, short, summary, takes }) => {
        const letter = short === null ? '' : ` -s ${short}`;
        const value = takes === null ? '' : takes.length === 0 ? ' -r' : ` -x -a ${quoted(takes.join(' '))}`;
        return `complete -c holdfast ${when} -l ${name.slice(2)}${letter}${value} -d ${quoted(summary)}`;
      }),
    ];
  });
  const groups = all.filter(({ path, flags }) => path !== '' && flags.length === 0).map(({ path }) => path);
  return `# fish completion for holdfast: holdfast completion fish | source
function __holdfast_at
    set -l words (commandline -opc)[2..]
    set -l path
    for word in $words
        string match -q -- '-*' $word; and continue
        if test (count $path) -eq 0; or contains -- "$path" ${groups.join(' ')}
            set -a path $word
        end
    end
    test "$path" = "$argv"
end
${lines.join('\n')}`;
}
