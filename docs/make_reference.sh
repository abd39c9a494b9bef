#!/usr/bin/env bash
# Makes the reference of the two libraries with DocC, a folder each; a warning of DocC is an error.
# Usage: swift build -c release && docs/make_reference.sh FOLDER
set -euo pipefail
cd "$(dirname "$0")/.."
folder=${1:?usage: docs/make_reference.sh FOLDER}
modules=.build/release/Modules
[ -d "$modules" ] || { echo "no $modules: run 'swift build -c release' first" >&2; exit 1; }
target=$(swift -print-target-info | sed -n 's/.*"unversionedTriple": "\(.*\)".*/\1/p')
work=$(mktemp -d)
trap 'rm -r "$work"' EXIT

# reference NAME MODULE…: what a library's users see of its modules.
reference() {
    local name=$1
    shift
    mkdir "$work/$name"
    for module in "$@"; do
        swift symbolgraph-extract -module-name "$module" -I "$modules" -I Sources/CMinizip -target "$target" \
            -Xcc -fmodule-map-file="$PWD/.build/release/CSystem.build/module.modulemap" \
            -minimum-access-level public -output-dir "$work/$name"
    done
    docc convert "Sources/$name/$name.docc" --additional-symbol-graph-dir "$work/$name" \
        --fallback-display-name "$name" --fallback-bundle-identifier "qlens.$name" \
        --warnings-as-errors --output-path "$folder/$name.doccarchive"
}

mkdir -p "$folder"
reference Quantization Basics Tensors Quantization
reference TensorFiles TensorFiles
echo "made $folder/Quantization.doccarchive and $folder/TensorFiles.doccarchive"
