import type { Candidate } from './candidates.ts';

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const described = (word: string, summary: string): string => quoted(`${word.replaceAll(':', '\\:')}:${summary}`);

/** A function for compdef: finds the command among the words before, then describes what may follow. */
export function zshScript(all: readonly Candidate[]): string {
  const cases = all.map(({ path, words, flags, names }) => {
    const offered = [
      ...words.map(({ word, summary }) => described(word, summary)),
      ...flags.map(({ name, summary }) => described(name, summary)),
    ];
    return `    ${quoted(path)}) offered=(${offered.join(' ')}); names=${names ?? "''"} ;;`;
  });
  const values = all.flatMap(({ path, flags }) =>
    flags
      .filter(({ takes }) => takes !== null)
      .map(({ name, short, takes }) => {
        const patterns = [`${path} ${name}`, ...(short === null ? [] : [`${path} -${short}`])].map(quoted).join('|');
        return `    ${patterns}) ${(takes ?? []).length === 0 ? '_files' : `compadd -- ${(takes ?? []).join(' ')}`}; return ;;`;
      }),
  );
  const groups = all.filter(({ path, flags }) => path !== '' && flags.length === 0).map(({ path }) => path);
  return `#compdef holdfast
# zsh completion for holdfast: holdfast completion zsh > "\${fpath[1]}/_holdfast"
_holdfast() {
  local chosen='' word names='' i
  local -a offered
  for ((i = 2; i < CURRENT; i++)); do
    word=\${words[i]}
    [[ $word == -- ]] && { _files; return; }
    [[ $word == -* ]] && continue
    case $chosen in
      '') chosen=$word ;;
      ${groups.join('|')}) chosen="$chosen $word" ;;
    esac
  done
  case "$chosen \${words[CURRENT-1]}" in
${values.join('\n')}
  esac
  case $chosen in
${cases.join('\n')}
  esac
  [[ -n $names ]] && offered+=(\${(f)"$(holdfast __names $names 2>/dev/null)"})
  _describe holdfast offered
}
compdef _holdfast holdfast`;
}
