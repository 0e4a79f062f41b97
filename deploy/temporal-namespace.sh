#!/bin/sh
# Creates the namespace once the server answers. A listening port is not enough: the frontend serves some seconds later.
set -eu

attempts=60
until temporal operator cluster health; do
  attempts=$((attempts - 1))
  if [ "$attempts" -eq 0 ]; then
    echo "Temporal at $TEMPORAL_ADDRESS did not become healthy; see its log" >&2
    exit 1
  fi
  sleep 2
done

temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" ||
  temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 7d
