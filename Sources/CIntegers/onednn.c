#include "cintegers.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// dnnl_dim_t is int64_t, dnnl_status_t an enumeration of which 0 is success.
typedef int (*gemm)(
    char, char, char, int64_t, int64_t, int64_t, float, const uint8_t *, int64_t, uint8_t, const int8_t *, int64_t, int8_t,
    float, int32_t *, int64_t, const int32_t *);

static gemm multiply;
static enum qlens_dnn_state state = qlens_dnn_missing;
static pthread_once_t once = PTHREAD_ONCE_INIT;

const char *qlens_dnn_name(void) { return "libdnnl.so.2"; }

static bool adds_in_32_bits(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512vnni") || __builtin_cpu_supports("avxvnni");
#else
    return false;
#endif
}

// Settings of the library can make it use slower instructions than the processor has, which saturate: the largest numbers tell.
static bool is_exact(void) {
    enum { size = 64 };
    static uint8_t a[size * size];
    static int8_t b[size * size];
    static int32_t c[size * size];
    memset(a, 255, sizeof a);
    memset(b, 127, sizeof b);
    if (!qlens_dnn_multiply(size, size, size, a, b, c)) return false;
    for (int i = 0; i < size * size; i++)
        if (c[i] != size * 255 * 127) return false;
    return true;
}

static void load(void) {
    if (!adds_in_32_bits()) {
        state = qlens_dnn_inexact;
        return;
    }
    // Products run on the calling thread: cores are shared out between products.
    setenv("OMP_NUM_THREADS", "1", 1);
    static const char *const names[] = {"libdnnl.so.2", "libdnnl.so.3"};
    void *library = NULL;
    for (size_t i = 0; !library && i < sizeof names / sizeof *names; i++) library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (!library) return;
    multiply = (gemm)dlsym(library, "dnnl_gemm_u8s8s32");
    if (multiply) state = is_exact() ? qlens_dnn_loaded : qlens_dnn_inexact;
}

enum qlens_dnn_state qlens_dnn_load(void) {
    pthread_once(&once, load);
    return state;
}

bool qlens_dnn_multiply(
    int64_t rows, int64_t columns, int64_t inner, const uint8_t *a, const int8_t *b, int32_t *c) {
    const int32_t nothing = 0;
    // The factors of the interface are numbers in float; the product and its sums are not.
    return multiply('N', 'T', 'F', rows, columns, inner, 1, a, inner, 0, b, inner, 0, 0, c, columns, &nothing) == 0;
}
