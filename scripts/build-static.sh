#!/usr/bin/env bash
# Builds static Linux binaries: dist/TARGET/spark-render.
#
#   scripts/build-static.sh [TARGET...]     default: the musl target of this machine
#
# TARGET is x86_64-unknown-linux-musl or aarch64-unknown-linux-musl; either machine builds both. The same sources,
# Rust toolchain and versions below give the same bytes in any folder (scripts/release-dry-run.sh shows it). Needs rustup
# (or a toolchain that has the target) and python3 with pip, from whose registry the C compiler comes: mimalloc is C.
# It goes to ${SPARK_RENDER_TOOLS:-~/.cache/spark-render-tools}. stdout has the path of each binary.
set -euo pipefail
umask 022

# Zig's C compiler has musl's headers for every target, so that no compiler of the machine has a say.
zig_version=0.15.1

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tools=${SPARK_RENDER_TOOLS:-$HOME/.cache/spark-render-tools}
cargo_home=${CARGO_HOME:-$HOME/.cargo}
target_dir=${CARGO_TARGET_DIR:-$root/target}

say() { echo "build-static.sh: $*" >&2; }
fail() { say "error: $*"; exit 2; }

# Prints the folder of cc-TARGET and ar: Rust's names of targets are not Zig's, so the compiler is wrapped; and without
# optimisation Zig adds checks that want a library.
c_tools() {
    local zig=$tools/zig-$zig_version
    mkdir -p "$tools"
    if [ ! -x "$zig/ziglang/zig" ]; then
        say "Zig $zig_version ..."
        rm -rf "$zig" "$zig.new"
        python3 -m pip install -q --disable-pip-version-check --no-deps --target "$zig.new" "ziglang==$zig_version" >&2 ||
            fail "pip install ziglang==$zig_version failed"
        mv "$zig.new" "$zig"
    fi
    wrapper "$zig/cc-$1" <<END
kept=()
for argument; do case \$argument in --target=*) ;; *) kept+=("\$argument") ;; esac; done
exec "$zig/ziglang/zig" cc -target ${1/-unknown-/-} -fno-sanitize=undefined "\${kept[@]}"
END
    wrapper "$zig/ar" <<<"exec \"$zig/ziglang/zig\" ar \"\$@\""
    echo "$zig"
}

# Writes the program PATH, whose text is on stdin.
wrapper() {
    { echo '#!/usr/bin/env bash' && cat; } >"$1.$$"
    chmod +x "$1.$$"
    mv "$1.$$" "$1"
}

# memory_object TARGET CC: compiles scripts/static/memory.c, tries it where this machine can, and prints the object's
# name. cargo looks at the name alone: it changes with the source, and is relative, so that it is the same everywhere.
memory_object() {
    local target=$1 cc=$2 source=$root/scripts/static/memory.c flags=(-O2 -g0 -fPIC -fno-builtin) emulator=env object
    object=dist/.objects/$target-$(sha256sum "$source" | cut -c -16)
    mkdir -p "$root/dist/.objects"
    [ "$target" = "$(uname -m)-unknown-linux-musl" ] || emulator=$(command -v "qemu-${target%%-*}-static") || emulator=
    if [ -n "$emulator" ]; then
        "$cc" "${flags[@]}" -static -DTEST "$source" -o "$root/$object.test" || fail "memory.c does not compile"
        "$emulator" "$root/$object.test" >&2 || fail "memory.c does not do what it should"
    else
        say "for want of qemu-${target%%-*}-static memory.c is not tried for $target"
    fi
    "$cc" "${flags[@]}" -c "$source" -o "$root/$object.o" || fail "memory.c does not compile"
    echo "$object.o"
}

# static FILE: fails if FILE asks for an interpreter or a library.
static() {
    local dynamic
    command -v readelf >/dev/null || fail "needs readelf (on Debian: binutils)"
    dynamic=$(readelf --wide --program-headers --dynamic "$1" | grep -E 'INTERP|\(NEEDED\)') || return 0
    fail "$1 is not static: $dynamic"
}

build() {
    local target=$1 c source built memory name wraps=()
    case $target in
    x86_64-unknown-linux-musl | aarch64-unknown-linux-musl) ;;
    *) fail "no way to build $target here: x86_64-unknown-linux-musl and aarch64-unknown-linux-musl are known" ;;
    esac
    if [ ! -d "$(rustc --print sysroot)/lib/rustlib/$target" ]; then
        rustup target add "$target" >&2 || fail "rustup target add $target failed"
    fi
    c=$(c_tools "$target")
    cargo fetch --quiet --locked --target "$target" --manifest-path "$root/Cargo.toml" >&2 || fail "cargo fetch failed"
    # Paths that end in the binary (texts of panics) get names that are the same everywhere; times and flags of the user's own
    # configuration are not taken over. The linker and the C library are those that come with Rust.
    local flags=(-Clinker=rust-lld -Clinker-flavor=ld.lld -Clink-self-contained=yes "--remap-path-prefix=$root=/spark-render")
    local c_flags=()
    for source in "$cargo_home"/registry/src/*; do
        flags+=("--remap-path-prefix=$source=/crates")
        c_flags+=("-ffile-prefix-map=$source=/crates")
    done
    memory=$(memory_object "$target" "$c/cc-$target")
    for name in memcpy memmove memcmp bcmp; do wraps+=("-Clink-arg=--wrap=$name"); done
    env -u SOURCE_DATE_EPOCH -u RUSTFLAGS -u CARGO_BUILD_TARGET -u CARGO_BUILD_RUSTFLAGS \
        CARGO_ENCODED_RUSTFLAGS="$(IFS=$'\x1f' && echo "${flags[*]}")" \
        CARGO_INCREMENTAL=0 \
        "CC_${target//-/_}=$c/cc-$target" "AR_${target//-/_}=$c/ar" "CFLAGS_${target//-/_}=${c_flags[*]}" \
        cargo rustc --locked --release --bin spark-render --target "$target" --target-dir "$target_dir" \
        --manifest-path "$root/Cargo.toml" -- "-Clink-arg=$memory" "${wraps[@]}" >&2 || fail "the build for $target failed"
    built=$target_dir/$target/release/spark-render
    static "$built"
    mkdir -p "$root/dist/$target"
    install -m 755 "$built" "$root/dist/$target/spark-render"
    echo "dist/$target/spark-render"
}

[ $# -gt 0 ] || set -- "$(uname -m)-unknown-linux-musl"
for target in "$@"; do build "$target"; done
