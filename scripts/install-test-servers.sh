#!/bin/sh
# Gets the IMAP servers that the tests talk to, and the mail programs that read what was written, on Debian and its kin. Says
# what it will do, and does only what is lacking.
#
# - openssl, setpriv (util-linux), script (bsdutils), Dovecot, mutt, mblaze and Python are installed by apt-get, as root or with
#   sudo. Debian may start Dovecot as a service of the machine then; the tests start their own, on loopback, and need no other.
# - Cyrus and Courier cannot be installed beside Dovecot. Their packages are downloaded and unpacked below
#   node_modules/.cache/mbaudit-test-servers, which needs no root, and removes and configures nothing.
#
#   scripts/install-test-servers.sh            gets what is lacking
#   scripts/install-test-servers.sh --dry-run  only says what that is
set -eu
cd "$(dirname "$0")/.."
cache=$PWD/node_modules/.cache/mbaudit-test-servers
dry_run=${1:-}

say() { printf 'test servers: %s\n' "$*"; }
fail() {
  say "$*" >&2
  exit 1
}
as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

lacking=''
command -v openssl >/dev/null || lacking="$lacking openssl"
command -v setpriv >/dev/null || lacking="$lacking util-linux"
command -v script >/dev/null || lacking="$lacking bsdutils"
[ -x /usr/lib/dovecot/imap ] || lacking="$lacking dovecot-imapd"
command -v mutt >/dev/null || lacking="$lacking mutt"
command -v mlist >/dev/null || lacking="$lacking mblaze"
command -v python3 >/dev/null || lacking="$lacking python3"
beside=''
for server in cyrus courier; do
  [ -e "$cache/$server/.complete" ] || beside="$beside $server"
done

if [ -z "$lacking$beside" ]; then
  say 'Dovecot, Cyrus, Courier, mutt, mblaze and Python are there'
  exit 0
fi
[ -z "$lacking" ] || say "Debian packages to be installed:$lacking"
[ -z "$beside" ] || say "packages to be unpacked in ${cache#"$PWD"/}:$beside, and libraries of theirs that are lacking"
[ "$dry_run" != --dry-run ] || exit 0
command -v apt-get >/dev/null || fail 'there is no apt-get here; tests of servers that are not installed are skipped'
if [ -n "$lacking" ] && [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
  fail "only root can install them: apt-get install$lacking"
fi

# The lists of packages are fetched where a package is not known, or no longer there under its version.
if [ -n "$lacking" ]; then
  install="env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends"
  # shellcheck disable=SC2086
  as_root $install $lacking >/dev/null 2>&1 || { as_root apt-get update -qq && as_root $install $lacking >/dev/null; }
fi

# Unpacks a server with the libraries that its installation would bring.
unpack() {
  name=$1 package=$2
  rm -rf "${cache:?}/$name"
  mkdir -p "$cache/$name/packages"
  wanted=$(apt-get install -s --no-install-recommends "$package" 2>/dev/null |
    sed -n 's/^Inst \([^ ]*\).*/\1/p' | grep -E "^(lib.*|$name.*|gamin)$" | grep -v -- '-dev$') || return 1
  # shellcheck disable=SC2086
  (cd "$cache/$name/packages" && apt-get download $wanted >/dev/null 2>&1) || return 1
  for file in "$cache/$name/packages"/*.deb; do dpkg -x "$file" "$cache/$name"; done
  rm -r "$cache/$name/packages"
  touch "$cache/$name/.complete"
}
for server in $beside; do
  case $server in cyrus) package=cyrus-imapd ;; courier) package=courier-imap ;; esac
  unpack "$server" "$package" || { as_root apt-get update -qq && unpack "$server" "$package"; } ||
    fail "$package could not be had"
done
say 'ready'
