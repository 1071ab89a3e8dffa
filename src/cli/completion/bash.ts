import type { Candidate } from './candidates.ts';

/** A function for `complete -F`: finds the command among the words before, then offers what may follow. */
export function bashScript(all: readonly Candidate[]): string {
  const cases = all.map(({ path, words, flags, names }) => {
    const offered = [...words.map(({ word }) => word), ...flags.map(({ name }) => name)].join(' ');
    return `    '${path}') words='${offered}'; names='${names ?? ''}' ;;`;
  });
  const values = all.flatMap(({ path, flags }) =>
    flags
      .filter(({ takes }) => takes !== null)
      .map(
        ({ name, short, takes }) =>
          `    '${path} ${name}'${short === null ? '' : `|'${path} -${short}'`}) values='${(takes ?? []).join(' ')}'; valued=1 ;;`,
      ),
  );
  const groups = all.filter(({ path, flags }) => path !== '' && flags.length === 0).map(({ path }) => path);
  return `# bash completion for holdfast: source <(holdfast completion bash)
_holdfast() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" path='' words='' names='' values='' valued=0 i word
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    [[ $word == -- ]] && return
    [[ $word == -* ]] && continue
    case "$path" in
      '') path="$word" ;;
      ${groups.join('|')}) path="$path $word" ;;
    esac
  done
  case "$path $previous" in
${values.join('\n')}
  esac
  if [[ $valued == 1 ]]; then
    if [[ -n $values ]]; then COMPREPLY=($(compgen -W "$values" -- "$current")); else COMPREPLY=($(compgen -f -- "$current")); fi
    return
  fi
  case "$path" in
${cases.join('\n')}
  esac
  if [[ -n $names && $current != -* ]]; then words="$words $(holdfast __names $names 2>/dev/null)"; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _holdfast holdfast`;
}
