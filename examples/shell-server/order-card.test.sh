#!/bin/sh
# Serves a double of Trello, loses the reply to the making of a card, and looks at what has come of it.
set -eu
work=$(mktemp -d)
node_modules/.bin/stuntdouble simulate trello --port 0 --json >"$work/ready.json" &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server" || true; rm -rf "$work"' EXIT

# One line of JSON once it is ready, and nothing before.
tries=0
until [ -s "$work/ready.json" ]; do
  tries=$((tries + 1))
  if [ "$tries" -gt 100 ] || ! kill -0 "$server"; then echo 'The server did not start.' >&2; exit 1; fi
  sleep 0.1
done
# The value of a member of the JSON on standard input, the first one of that name.
member() { grep -o "\"$1\": *\"[^\"]*\"" | head -n 1 | cut -d '"' -f 4; }
origin=$(member origin <"$work/ready.json")
control=$(member control <"$work/ready.json")
TRELLO_URL="$origin/trello"
TRELLO_KEY=$(member key <"$work/ready.json")
TRELLO_TOKEN=$(member token <"$work/ready.json")
auth="key=$TRELLO_KEY&token=$TRELLO_TOKEN"
get() { curl --silent --show-error --fail "$@"; }
TRELLO_BOARD=$(get "$TRELLO_URL/1/members/me/boards?fields=id&$auth" | member id)
TRELLO_LIST=$(get "$TRELLO_URL/1/boards/$TRELLO_BOARD/lists?fields=id&$auth" | member id)
export TRELLO_URL TRELLO_KEY TRELLO_TOKEN TRELLO_BOARD TRELLO_LIST

get --header 'content-type: application/json' --output /dev/null \
  --data '{"faults":[{"fault":"reply-lost","on":{"provider":"trello","operation":"cards.create","times":1}}]}' \
  "$control/faults"

sh order-card.sh 4711
sh order-card.sh 4711

cards=$(get "$TRELLO_URL/1/boards/$TRELLO_BOARD/cards?fields=name&$auth" | grep -o '"Order 4711"' | wc -l)
calls=$(get "$control/journal?operation=cards.create" | grep -o '"operation": *"cards.create"' | wc -l)
strikes=$(get "$control/faults" | grep -o '"strikes": *1' | wc -l)
echo "cards: $((cards)), calls to make one: $((calls)), faults that struck: $((strikes))"
[ "$cards" -eq 1 ] && [ "$calls" -eq 1 ] && [ "$strikes" -eq 1 ]
