#!/bin/sh
# Makes the secrets of compose.yaml, once; never overwrites one. Keep `secret_key` apart from backups, and never lose it:
# stored passwords and tokens are sealed with it.
set -eu
cd "$(dirname "$0")"
umask 077

random() {
  head -c 48 /dev/urandom | base64 | tr -d '/+=\n' | cut -c1-48
}

[ -s secret_key ] || random >secret_key
[ -s database_password ] || random >database_password
[ -s database_url ] || printf 'postgresql://amends:%s@database/amends\n' "$(cat database_password)" >database_url
# Compose hands these files on as they are: the container's user (10001) must be able to read them, nobody else needs to.
if [ "$(id -u)" = 0 ]; then
  chown 10001 secret_key database_url
else
  echo "Run this as root, or let user 10001 read secret_key and database_url, and nobody else." >&2
fi
