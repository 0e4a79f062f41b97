#!/bin/sh
# Creates Temporal's two databases, or brings their schema up to date: every command here may run again.
set -eu

for database in temporal temporal_visibility; do
  kind=${database#temporal_}
  sql() { temporal-sql-tool --plugin postgres12 --db "$database" "$@"; }
  sql create-database
  sql setup-schema -v 0.0
  sql update-schema --schema-name "postgresql/v12/$kind"
done
