# What `run`, `test`, `install` and `Benchmarks/run` share; sourced by them, after they have set `root`.
#
# Messages go to standard error, so that standard output is the program's alone. Exit codes: 69 where
# something is missing that cannot be had, 70 where the build fails.

# Ends the script with a sentence.
fail() { # CODE SENTENCE
  printf '%s: %s\n' "${0##*/}" "$2" >&2
  exit "$1"
}

say() { printf '%s\n' "$1" >&2; }

# Sees to it that `swift` can be called.
find_swift() {
  command -v swift >/dev/null && return
  local swiftly="$HOME/.local/share/swiftly/bin"
  [ -x "$swiftly/swift" ] ||
    fail 69 'Swift is not installed, or not on the PATH; get Swift 6.2 or later from https://www.swift.org/install'
  PATH="$swiftly:$PATH"
}

# Runs a command as root, through sudo where needed. Nothing here may read the program's input.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif [ -t 2 ]; then sudo "$@"; else sudo -n "$@"; fi </dev/null
}

# Installs a package with whichever package manager there is. An apt without lists knows no packages;
# it fetches the lists and tries again.
install_package() { # MANAGER PACKAGE
  case $1 in
  apt-get)
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q "$2" ||
      { as_root apt-get update -q &&
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q "$2"; } ;;
  dnf | yum) as_root "$1" install -y -q "$2" ;;
  zypper) as_root zypper --non-interactive install "$2" ;;
  pacman) as_root pacman -S --noconfirm --needed "$2" ;;
  esac
}

# Installs what is missing, in one line, or says what to install by hand. The package's name is given
# as apt has it; where other managers call it otherwise, behind a slash a manager.
need() { # PACKAGE [MANAGER/NAME...]
  local manager='' name=$1 candidate other log
  for candidate in apt-get dnf yum zypper pacman; do
    command -v "$candidate" >/dev/null && { manager=$candidate; break; }
  done
  for other in "${@:2}"; do
    [ "${other%%/*}" = "$manager" ] && name=${other#*/}
  done
  if [ -z "$manager" ] || { [ "$(id -u)" != 0 ] && ! command -v sudo >/dev/null; }; then
    fail 69 "$name is missing; install it and try again"
  fi
  say "installing $name with $manager"
  log=$(mktemp)
  if ! install_package "$manager" "$name" >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    rm -f "$log"
    fail 69 "$name could not be installed; install it by hand ($manager install $name) and try again"
  fi
  rm -f "$log"
}

# Whether a C header is installed.
has_header() { # HEADER
  [ -e "/usr/include/$1" ] || [ -e "/usr/local/include/$1" ]
}

# ncurses and libpcap with their headers, which the build needs.
need_libraries() {
  [ "$(uname -s)" = Linux ] || fail 69 'visualizer runs on Linux only, so far'
  has_header ncurses.h ||
    need libncurses-dev dnf/ncurses-devel yum/ncurses-devel zypper/ncurses-devel pacman/ncurses
  has_header pcap.h ||
    need libpcap-dev dnf/libpcap-devel yum/libpcap-devel zypper/libpcap-devel pacman/libpcap
}

# Runs a command quietly; its output is shown only when it fails. On a terminal a line says what is
# going on meanwhile.
quietly() { # WHAT COMMAND...
  local log status=0
  log=$(mktemp)
  trap 'rm -f "$log"; exit 130' INT
  trap 'rm -f "$log"; exit 143' TERM
  [ -t 2 ] && printf '%s' "$1" >&2
  "${@:2}" >"$log" 2>&1 </dev/null || status=$?
  [ -t 2 ] && printf '\r\033[K' >&2
  trap - INT TERM
  [ "$status" = 0 ] || grep -Ev '^\[[0-9]+/[0-9]+\] ' "$log" | cut -c 1-400 >&2  # without progress
  rm -f "$log"
  return "$status"
}

# The release binary.
program=$root/.build/release/visualizer

# Builds the release binary unless nothing has changed since the last time.
#
# A stamp from before the build, rather than the binary itself, is what sources are compared with: an
# edit while it is being built counts as later, and one that changes nothing in the binary counts once.
build_program() {
  local stamp=$root/.build/run.stamp what='building'
  if [ -x "$program" ] && [ -e "$stamp" ]; then
    local changed
    changed=$(find "$root/Package.swift" "$root/Sources" "$root/scenarios" -newer "$stamp" -print -quit)
    [ -z "$changed" ] && return
  fi
  find_swift
  need_libraries
  [ -x "$program" ] || what='building, the first time takes a few minutes'
  mkdir -p "$root/.build"
  touch "$stamp.$$"
  if ! quietly "$what" swift build --package-path "$root" -c release --product visualizer; then
    rm -f "$stamp.$$"
    fail 70 'the build failed; its messages stand above'
  fi
  mv -f "$stamp.$$" "$stamp"
}
