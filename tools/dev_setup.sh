# Sourced by ./dev and its helpers: what must be installed, and where things are kept.

VENV=${MAINSTAY_VENV:-$PWD/.cache/venv}

log_dir() {
  mkdir -p build/logs
  echo build/logs
}

# Debian 12 has Boost 1.81 beside its older default; Ubuntu 24.04 has 1.83.
boost_packages() {
  local version
  for version in 1.81 1.83 1.88; do
    if [ -n "$(apt-cache search --names-only "^libboost-json$version-dev\$" 2>/dev/null)" ] ||
      dpkg -s "libboost-json$version-dev" >/dev/null 2>&1; then
      echo "libboost$version-dev libboost-json$version-dev libboost-url$version-dev"
      return
    fi
  done
  echo "libboost1.81-dev libboost-json1.81-dev libboost-url1.81-dev"
}

package_list() { # KIND
  case "$1" in
    build)
      echo g++ cmake ninja-build ccache lld pkg-config git ca-certificates python3 python3-venv \
        libssl-dev libcurl4-openssl-dev libpugixml-dev libfyaml-dev libfmt-dev \
        libcli11-dev libre2-dev libpcre2-dev libzip-dev libgit2-dev libarchive-dev libldns-dev libhowardhinnant-date-dev tzdata zlib1g-dev \
        doctest-dev openssh-client "$(boost_packages)"
      ;;
    format) echo clang-format-19 python3 git ;;
    fuzz) echo clang-19 libclang-rt-19-dev ;;
    bench) echo wrk procps ;;
    node) echo nodejs npm ;;
    docker) echo docker.io ;;
    browser) echo chromium ;;
    postgresql) echo postgresql ;;
    dns) echo bind9 bind9-utils nsd knot ;;
  esac
}

missing_packages() {
  local package
  for package in $(package_list "$1"); do
    dpkg -s "$package" 2>/dev/null | grep -q '^Status: install ok installed' || echo "$package"
  done
}

# Installs what is missing of a kind, or says what is needed where it may not.
packages() { # KIND
  local missing
  if [ -z "$(missing_packages "$1")" ]; then return; fi
  if ! command -v apt-get >/dev/null; then
    echo "dev: this needs Debian 12 or Ubuntu 24.04 (no apt-get here); packages: $(missing_packages "$1" | xargs)" >&2
    exit 3
  fi
  local sudo=
  if [ "$(id -u)" != 0 ]; then
    sudo=sudo
    if ! command -v sudo >/dev/null; then
      echo "dev: not root, and there is no sudo. Have an administrator run:" >&2
      echo "  apt-get install $(missing_packages "$1" | xargs)" >&2
      exit 3
    fi
  fi
  # The lists first: which Boost there is can only be told by them.
  $sudo apt-get update -qq >/dev/null
  missing=$(missing_packages "$1" | xargs)
  echo "dev: installing $missing"
  DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends $missing >"$(log_dir)/apt.log" 2>&1 || {
    tail -20 "$(log_dir)/apt.log" >&2
    exit 1
  }
}

# A Python environment in FOLDER with what the file of REQUIREMENTS names, made anew when that changes.
python_environment() { # FOLDER REQUIREMENTS WHAT
  packages build
  if cmp -s "$2" "$1/requirements.txt"; then return; fi
  echo "dev: installing $3 into $1"
  python3 -m venv --clear "$1"
  "$1/bin/pip" install --quiet --disable-pip-version-check -r "$2" >"$(log_dir)/pip.log" 2>&1 || {
    tail -20 "$(log_dir)/pip.log" >&2
    exit 1
  }
  cp "$2" "$1/requirements.txt"
}

# AWS CDK in FOLDER, with a Node.js of 18 or later: whichever is there, else Debian's.
cdk_environment() { # FOLDER
  local wanted=tests/cdk/package.json
  if ! command -v npm >/dev/null || [ "$(node -p 'process.versions.node.split(".")[0]')" -lt 18 ]; then
    packages node
  fi
  if cmp -s "$wanted" "$1/package.json"; then return; fi
  echo "dev: installing AWS CDK into $1"
  rm -rf "$1" && mkdir -p "$1"
  cp "$wanted" "$1/package.json"
  (cd "$1" && npm install --no-audit --no-fund --no-package-lock --loglevel=error) >"$(log_dir)/npm.log" 2>&1 || {
    rm "$1/package.json"
    tail -20 "$(log_dir)/npm.log" >&2
    exit 1
  }
}

# The cases that others wrote, which the tests compare with.
corpus() {
  export MAINSTAY_CORPUS=${MAINSTAY_CORPUS:-$PWD/../shared/corpus}
  [ -d "$MAINSTAY_CORPUS" ] && return
  echo "the tests compare with a corpus of cases that stands beside the checkout, and $MAINSTAY_CORPUS is not there;" \
    "MAINSTAY_CORPUS=DIR says where it is" >&2
  return 1
}

# Of the client tests and the benchmark: real clients, and moto as another AWS.
venv() {
  python_environment "$VENV" tests/clients/requirements.txt "boto3, awscli and moto"
}

# Other emulators, for the benchmark: in FOLDER, since they pin libraries of their own.
peers() { # FOLDER
  python_environment "$1" bench/peers.txt "ministack"
}

# Ubuntu has Chromium as a snap only, which runs in no container.
browser_runs() {
  command -v chromium >/dev/null || command -v google-chrome >/dev/null || { [ -r /etc/debian_version ] && ! grep -qi ubuntu /etc/os-release; }
}

# A browser for the tests of web pages, where there is none.
browser() {
  command -v chromium >/dev/null || command -v google-chrome >/dev/null || packages browser
}

# stacker's last release needs a setuptools that Python 3.12 can no longer run.
stacker_runs() {
  python3 -c 'import sys; sys.exit(sys.version_info >= (3, 12))'
}

# stacker, apart: it wants other versions.
stacker_venv() {
  stacker_runs || return 0
  python_environment "$VENV-stacker" tests/stacker/requirements.txt "stacker"
}

# One for each Python from 3.8 on that is on the PATH. Sets pythons (their interpreters, with colons between) and
# pythons_missing (versions that are not here).
python_venvs() {
  local version interpreter folder
  pythons=
  pythons_missing=
  for version in 3.8 3.9 3.10 3.11 3.12 3.13 3.14; do
    interpreter=$(command -v "python$version") && "$interpreter" -c 'import venv, ensurepip' 2>/dev/null || {
      pythons_missing="$pythons_missing$version "
      continue
    }
    folder=$VENV-python$version
    if ! cmp -s tests/python/requirements.txt "$folder/requirements.txt"; then
      echo "dev: installing troposphere into $folder"
      "$interpreter" -m venv --clear "$folder"
      "$folder/bin/pip" install --quiet --disable-pip-version-check -r tests/python/requirements.txt >"$(log_dir)/pip.log" 2>&1 || {
        tail -20 "$(log_dir)/pip.log" >&2
        exit 1
      }
      cp tests/python/requirements.txt "$folder/requirements.txt"
    fi
    pythons=${pythons:+$pythons:}$folder/bin/python
  done
}
