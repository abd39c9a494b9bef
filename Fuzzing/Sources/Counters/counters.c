// Swift marks edges by guards, which libFuzzer no longer counts itself: they are counted here, in the section that libFuzzer looks
// at besides its own.
#include <stdint.h>

enum { most = 1 << 18 };
__attribute__((section("__libfuzzer_extra_counters"), used)) static uint8_t counters[most];

void __sanitizer_cov_trace_pc_guard_init(uint32_t *start, uint32_t *stop) {
    static uint32_t edges;
    for (uint32_t *guard = start; guard < stop; guard++)
        if (!*guard) *guard = ++edges;
}

void __sanitizer_cov_trace_pc_guard(uint32_t *guard) { counters[*guard & (most - 1)]++; }

int qlens_counts_edges(void) { return 1; }
