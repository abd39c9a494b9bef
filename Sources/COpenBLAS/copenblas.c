#include "copenblas.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <pthread.h>
#include <stddef.h>
#include <string.h>

// CBLAS's enumerations, whose values are fixed.
enum { row_major = 101, as_it_is = 111, transposed = 112 };

typedef void (*sgemm)(int, int, int, int, int, int, float, const float *, int, const float *, int, float, float *, int);
typedef void (*dgemm)(
    int, int, int, int, int, int, double, const double *, int, const double *, int, double, double *, int);
// LAPACK's Fortran interface: lengths of strings come last, as gfortran passes them.
typedef void (*potr)(const char *, const int *, double *, const int *, int *, size_t);
typedef void (*set_threads)(int);

static struct {
    sgemm multiply;
    dgemm multiply_double;
    potr factor, invert;
} blas;
static enum qlens_blas_state state = qlens_blas_missing;
static pthread_once_t once = PTHREAD_ONCE_INIT;

const char *qlens_blas_name(void) {
#ifdef __APPLE__
    return "libopenblas.dylib";
#else
    return "libopenblas.so.0";
#endif
}

// What the library and its buffer for one thread take. It repeats a mapping that fails until it succeeds, which under a limit is
// never: try first.
enum { needed_megabytes = 224 };

static bool has_room(void) {
    size_t size = (size_t)needed_megabytes << 20;
    void *room = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED) return false;
    munmap(room, size);
    return true;
}

int qlens_blas_needed_megabytes(void) { return needed_megabytes; }

static void *open_library(void) {
    void *library = dlopen(qlens_blas_name(), RTLD_NOW | RTLD_LOCAL);
#ifdef __APPLE__
    if (!library) library = dlopen("/opt/homebrew/opt/openblas/lib/libopenblas.dylib", RTLD_NOW | RTLD_LOCAL);
#endif
    return library;
}

static const char *core_name = "";

const char *qlens_blas_core(void) { return core_name; }

static const char *own_core(void *library) {
    const char *(*name)(void) = (const char *(*)(void))dlsym(library, "openblas_get_corename");
    return name ? name() : "";
}

// The kernels that a processor can run, which an OpenBLAS that is older than the processor does not know: it then falls back to SSE3, a
// sixth of the speed. NULL where its own choice is good.
static const char *better_core(const char *core) {
#if defined(__x86_64__)
    if (getenv("OPENBLAS_CORETYPE")) return NULL;
    static const char *const fallbacks[] = {"Prescott", "Core2", "Nehalem", "Generic", "generic"};
    bool is_fallback = false;
    for (size_t i = 0; i < sizeof fallbacks / sizeof *fallbacks; i++)
        is_fallback = is_fallback || strcmp(core, fallbacks[i]) == 0;
    if (!is_fallback) return NULL;
    __builtin_cpu_init();
    if (__builtin_cpu_supports("x86-64-v4")) return "SkylakeX";
    if (__builtin_cpu_supports("x86-64-v3")) return "Haswell";
#endif
    return NULL;
}

static void load(void) {
    if (!has_room()) {
        state = qlens_blas_no_room;
        return;
    }
    // Products run on the calling thread; the library would reserve a buffer for each processor before the number can be set.
    setenv("OPENBLAS_NUM_THREADS", "1", 1);
    // Of a library that was built with OpenMP; and OpenMP reads this once, for whoever uses it later.
    setenv("OMP_NUM_THREADS", "1", 1);
    void *library = open_library();
    if (!library) return;
    const char *core = better_core(own_core(library));
    if (core) {
        // It reads this variable when it is loaded. No product has run, and with one thread it has started none.
        dlclose(library);
        setenv("OPENBLAS_CORETYPE", core, 1);
        library = open_library();
        if (!library) return;
    }
    blas.multiply = (sgemm)dlsym(library, "cblas_sgemm");
    blas.multiply_double = (dgemm)dlsym(library, "cblas_dgemm");
    blas.factor = (potr)dlsym(library, "dpotrf_");
    blas.invert = (potr)dlsym(library, "dpotri_");
    set_threads threads = (set_threads)dlsym(library, "openblas_set_num_threads");
    if (!blas.multiply || !blas.multiply_double || !blas.factor || !blas.invert || !threads) return;
    threads(1);
    core_name = own_core(library);
    state = qlens_blas_loaded;
}

enum qlens_blas_state qlens_blas_load(void) {
    pthread_once(&once, load);
    return state;
}

void qlens_blas_multiply(
    bool a_transposed, bool b_transposed, int rows, int columns, int inner, const float *a, int a_stride, const float *b,
    int b_stride, float keep, float *c, int c_stride) {
    blas.multiply(
        row_major, a_transposed ? transposed : as_it_is, b_transposed ? transposed : as_it_is, rows, columns, inner, 1, a,
        a_stride, b, b_stride, keep, c, c_stride);
}

void qlens_blas_multiply_double(
    int rows, int columns, int inner, double factor, const double *a, const double *b, double *c) {
    blas.multiply_double(
        row_major, transposed, as_it_is, rows, columns, inner, factor, a, rows, b, columns, 0, c, columns);
}

bool qlens_blas_inverse_factor(double *matrix, int size) {
    // LAPACK's matrices are column-major: their lower triangle is the upper one of the row-major matrix.
    int info = 0;
    blas.factor("L", &size, matrix, &size, &info, 1);
    if (info == 0) blas.invert("L", &size, matrix, &size, &info, 1);
    if (info == 0) blas.factor("L", &size, matrix, &size, &info, 1);
    return info == 0;
}
