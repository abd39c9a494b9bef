#!/usr/bin/env bash
# Fuzzes every reader with libFuzzer under the address sanitizer: run.sh [INPUTS] [READER …], by default 2,000,000 inputs each.
# An input may take 2 seconds and the process 500 MB. Seeds are small fixtures of the tests; what is found stays in .corpus and
# .findings beside this script.
set -euo pipefail
cd "$(dirname "$0")"
inputs=${1:-2000000}
shift || true
readers=("$@")
[ ${#readers[@]} -gt 0 ] || readers=(npy safetensors gguf npz pt pkl dat idx)
# A build of before does not know files that the program has gained since.
rm -rf .build
runtime=$(echo "$(dirname "$(readlink -f "$(command -v swift)")")"/../lib/clang/*/lib/linux/libclang_rt.fuzzer_no_main-*.a)
swift build -c release --product Fuzz --disable-dead-strip -Xswiftc -sanitize=address \
    -Xswiftc -sanitize-coverage=edge,trace-cmp -Xswiftc -use-ld=lld -Xlinker --allow-multiple-definition \
    -Xlinker "$runtime" -Xlinker -lstdc++ -Xlinker -lm
fixtures=../Tests/Fixtures
for reader in "${readers[@]}"; do
    corpus=.corpus/$reader findings=.findings/$reader/
    mkdir -p "$corpus" "$findings"
    case $reader in
        npy) seeds=("$fixtures"/Checkpoints/*.npy) ;;
        safetensors) seeds=("$fixtures"/Packed/{small,awq,mxfp4}.safetensors "$fixtures"/Checkpoints/*.safetensors) ;;
        gguf) seeds=("$fixtures"/GGML/types.gguf "$fixtures"/Importance/imatrix.gguf) ;;
        npz) seeds=("$fixtures"/Checkpoints/*.npz "$fixtures"/Importance/*.npz) ;;
        pt) seeds=("$fixtures"/Checkpoints/*.{pt,bin} "$fixtures"/Packed/*.pt) ;;
        pkl) seeds=("$fixtures"/Checkpoints/*.{pkl,pth} "$fixtures"/Packed/*.pth) ;;
        idx) seeds=("$fixtures"/IDX/*.idx) ;;
        dat) seeds=("$fixtures"/Importance/*.dat) ;;
        *) echo "no reader $reader" >&2; exit 64 ;;
    esac
    cp -n "${seeds[@]}" "$corpus/"
    echo "== $reader"
    FUZZ_ENDING=$reader ASAN_OPTIONS=quarantine_size_mb=16:detect_leaks=0:allocator_may_return_null=1 \
        .build/release/Fuzz -runs="$inputs" -timeout=2 -rss_limit_mb=500 -max_len=16384 -print_final_stats=1 \
        -artifact_prefix="$findings" "$corpus" 2>&1 | tail -n 12
done
