# Read by run and long: timed stages, their table, and the counts of every test run added up.
# shellcheck shell=bash

tools=$(mktemp -d "${TMPDIR:-/tmp}/holdfast-ci.XXXXXX")
rows=()
failed=()

# stage NAME BUDGET COMMAND…: runs the command; a budget (seconds) that it overruns is a warning.
stage() {
  local name=$1 budget=$2 start=$SECONDS code=0 took
  shift 2
  printf '\n==== %s (budget %s s)\n' "$name" "$budget"
  "$@" || code=$?
  took=$((SECONDS - start))
  rows+=("$(printf '%-22s %6s s %6s s  %s' "$name" "$budget" "$took" "$([ "$code" -eq 0 ] && echo ok || echo "FAILED ($code)")")")
  [ "$code" -eq 0 ] || failed+=("$name")
  [ "$took" -le "$budget" ] || printf 'warning: %s took %s s, over its budget of %s s\n' "$name" "$took" "$budget"
  return "$code"
}

# with_node MAJOR COMMAND…: runs the command under another Node, which npm brings into a temporary folder.
with_node() {
  local major=$1 arch folder
  shift
  case $(uname -m) in
    x86_64) arch=x64 ;;
    aarch64 | arm64) arch=arm64 ;;
    *) echo "There is no packaged Node for $(uname -m)." && return 1 ;;
  esac
  folder=$tools/node$major
  # The package `node` would fetch this one in an install script; asking for it directly needs none.
  [ -d "$folder" ] || npm install --prefix "$folder" --no-save --no-package-lock --ignore-scripts --loglevel=error "node-linux-$arch@$major" || return 1
  local bin=$folder/node_modules/node-linux-$arch/bin
  [ "$("$bin/node" -p 'process.versions.node.split(".")[0]')" = "$major" ] || { echo "The package for Node $major holds another version." && return 1; }
  PATH=$bin:$PATH "$@"
}

# tests NAME ARGUMENT…: `npm test`, whose counts go into a file.
tests() {
  local name=$1
  shift
  node scripts/test.mjs --tally "$tools/tally-$name" "$@"
}

# finish: the table and the one line that counts, whatever happened before.
finish() {
  local code=$? passed=0 failures=0 skipped=0 p f s file row
  printf '\n%-22s %8s %8s\n' Stage budget took
  for row in "${rows[@]}"; do printf '%s\n' "$row"; done
  printf '%-22s %6s s %6s s\n' total "$total_budget" "$SECONDS"
  [ "$SECONDS" -le "$total_budget" ] || printf 'warning: all stages took %s s, over the budget of %s s\n' "$SECONDS" "$total_budget"
  for file in "$tools"/tally-*; do
    [ -f "$file" ] || continue
    read -r p f s <"$file"
    passed=$((passed + p)) failures=$((failures + f)) skipped=$((skipped + s))
  done
  rm -rf "$tools"
  [ "${#failed[@]}" -eq 0 ] || { printf 'Failed: %s\n' "${failed[*]}" && code=1; }
  printf '\n%s passed, %s failed, %s skipped\n' "$passed" "$failures" "$skipped"
  exit "$code"
}
trap finish EXIT
