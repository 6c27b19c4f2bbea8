#!/bin/sh
# Has one card for an order, however often it is called. Prints nothing.
# usage: TRELLO_URL=… TRELLO_KEY=… TRELLO_TOKEN=… TRELLO_BOARD=… TRELLO_LIST=… order-card.sh <order>
set -eu
order=$1
auth="key=$TRELLO_KEY&token=$TRELLO_TOKEN"

is_there() {
  curl --silent --show-error --fail --max-time 10 "$TRELLO_URL/1/boards/$TRELLO_BOARD/cards?fields=desc&$auth" |
    grep --quiet "\"order:$order\""
}

is_there && exit 0
curl --silent --output /dev/null --fail --max-time 10 --request POST \
  "$TRELLO_URL/1/cards?idList=$TRELLO_LIST&name=Order+$order&desc=order:$order&$auth" && exit 0
# Whatever went wrong: the card is there, or it is not.
is_there
