#!/bin/sh
# Joins the parts beside this file, checks and unpacks them, then measures and trains (run.js, with all arguments):
#   sh run.sh --check                what is missing or damaged; nothing else
#   sh run.sh --unpack               check and unpack only
#   sh run.sh [--minutes 8] [...]    all of it, or continue. `sh run.sh --help` lists the options
# FACENET_WORK: where to unpack and to leave results (default: beside this file).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=${FACENET_WORK:-$here}
sums=$here/SHA256SUMS

sum() {
  if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

check() {
  [ -f "$sums" ] || { echo 'SHA256SUMS is missing: copy it too, or pack again.' >&2; exit 1; }
  wrong=0
  while read -r want name; do
    if [ ! -f "$here/$name" ]; then
      echo "$name is missing: copy it." >&2
      wrong=1
    elif [ "$(sum "$here/$name")" != "$want" ]; then
      echo "$name is damaged: copy it again." >&2
      wrong=1
    fi
  done < "$sums"
  [ "$wrong" = 0 ] || exit 1
  echo "$(grep -c . "$sums") parts are here and right." >&2
}

# The check sum of what is unpacked is kept, so that a set is unpacked once and another set replaces it.
unpack() {
  mark=$(sum "$sums")
  if [ -f "$work/facenet-web/.unpacked" ] && [ "$(cat "$work/facenet-web/.unpacked")" = "$mark" ]; then return; fi
  check
  rm -rf "$work/unpacking" "$work/facenet-web"
  mkdir -p "$work/unpacking"
  cut -d ' ' -f 3 "$sums" | while read -r name; do cat "$here/$name"; done | gzip -dc | tar -xf - -C "$work/unpacking"
  mv "$work/unpacking/facenet-web" "$work/facenet-web"
  rmdir "$work/unpacking"
  echo "$mark" > "$work/facenet-web/.unpacked"
}

case ${1:-} in
  --check) check; exit 0 ;;
  --unpack) unpack; exit 0 ;;
esac
unpack
root=$work/facenet-web
if [ -x "$root/portable/bin/chromium" ]; then
  CHROMIUM_PATH=$root/portable/bin/chromium
  export CHROMIUM_PATH
fi
node=$root/portable/bin/node
[ -x "$node" ] || node=$(command -v node) || { echo 'No Node is here, nor in the pack: pack with --chromium.' >&2; exit 1; }
exec "$node" "$root/run.js" --results "$work/results" "$@"
