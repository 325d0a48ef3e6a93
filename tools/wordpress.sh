#!/usr/bin/env bash
# Prints the folder of a WordPress to copy and run: Debian's packages, unpacked
# and not installed, so that no web server starts. The packages that run it,
# PHP and MariaDB without its service, are installed first if they are missing
# and the user may.
set -euo pipefail
cd "$(dirname "$0")/.."
target=$PWD/bin/cms/wordpress
programs=(mariadb-server-core mariadb-client-core php-cli php-mysql php-gd php-mbstring php-xml)

runs() {
  command -v mariadbd mariadb-install-db php >/dev/null &&
    php -r 'exit(extension_loaded("mysqli") && extension_loaded("gd") ? 0 : 1);'
}

if ! command -v apt-get dpkg-deb >/dev/null; then
  echo "error: WordPress is taken from Debian's packages, and apt-get is not on PATH." >&2
  exit 1
fi
if ! runs && [[ "$(id -u)" == 0 ]]; then
  echo "installing ${programs[*]}" >&2
  # Their services are not wanted, only the programs.
  export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
  { apt-get install -y -qq --no-install-recommends "${programs[@]}" ||
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${programs[@]}"; }; } >&2
fi
if ! runs; then
  echo "error: WordPress needs MariaDB and PHP with mysqli and gd." >&2
  echo "hint: apt-get install --no-install-recommends ${programs[*]}" >&2
  exit 1
fi

if [[ ! -f $target/wp-load.php ]]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  packages=(wordpress wordpress-theme-twentytwentythree php-getid3 libjs-underscore libjs-cropper)
  (cd "$work" && { apt-get -o APT::Sandbox::User=root download -qq "${packages[@]}" || { apt-get update -qq && apt-get -o APT::Sandbox::User=root download -qq "${packages[@]}"; }; }) >&2
  for package in "$work"/*.deb; do
    dpkg-deb -x "$package" "$work/root"
  done
  # Resolves the links into other packages. The links to files of the system
  # have no target here, and WordPress does not need them.
  rm -f "$work/root/usr/share/wordpress/.htaccess" "$work/root/usr/share/wordpress/wp-config.php"
  ln -sf /etc/ssl/certs/ca-certificates.crt "$work/root/usr/share/wordpress/wp-includes/certificates/ca-bundle.crt"
  mkdir -p "$(dirname "$target")"
  cp -rL "$work/root/usr/share/wordpress" "$target.new"
  rm -rf "$target"
  mv "$target.new" "$target"
fi
echo "$target"
