# The smallest MCP server, which boots in 3 ms: for tests that start one very often. It answers `initialize`, and everything else with nothing.
# GATE names a file that must exist before it reads anything.
while [ -n "$GATE" ] && [ ! -e "$GATE" ]; do sleep 0.02; done
while read -r line; do
  id=${line#*'"id":'}
  id=${id%%[,\}]*}
  case $line in
    *'"method":"initialize"'*)
      result='{"protocolVersion":"2025-11-25","capabilities":{},"serverInfo":{"name":"tiny","version":"1"}}' ;;
    *) result='{}' ;;
  esac
  case $line in *'"id":'*) printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$result" ;; esac
done
