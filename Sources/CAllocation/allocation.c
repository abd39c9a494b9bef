#define _GNU_SOURCE
#include "callocation.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "csystem.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define QLENS_SANITIZED 1
#endif
#endif

#if defined(__GLIBC__) && !defined(QLENS_SANITIZED)
#include <dlfcn.h>

static atomic_bool is_reporting, has_failed;

/// Whether code at this address is this program's or the Swift runtime's, neither of which goes on without its memory.
static bool is_swift(void *address) {
    Dl_info caller, own;
    if (!dladdr(address, &caller) || !dladdr((void *)qlens_report_failed_allocations, &own)) return false;
    return caller.dli_fbase == own.dli_fbase || strstr(caller.dli_fname, "/libswift") ||
           strstr(caller.dli_fname, "/libFoundation");
}

static void end_without(size_t size) {
    // One line, whoever else runs out of memory meanwhile.
    if (atomic_exchange(&has_failed, true))
        for (;;) pause();
    size_t amount = size >> 20 ? size >> 20 : size >> 10 ? size >> 10 : size;
    const char *unit = size >> 20 ? "MB" : size >> 10 ? "KB" : "bytes";
    struct rlimit limit;
    char message[160], where[64] = "";
    if (!getrlimit(RLIMIT_AS, &limit) && limit.rlim_cur != RLIM_INFINITY)
        snprintf(where, sizeof where, " within the limit of %zu MB (ulimit -v)", (size_t)limit.rlim_cur >> 20);
    int length = snprintf(message, sizeof message, "qlens: found no room for %zu %s more of memory%s, expected as much\n",
                          amount, unit, where);
    qlens_end_now(1, message, (size_t)length);
}

static void *checked(void *memory, size_t size, void *caller) {
    if (!memory && size && atomic_load(&is_reporting) && is_swift(caller)) end_without(size);
    return memory;
}

// The two that Swift's runtime calls; both take from the C library's own heap.
void *__libc_malloc(size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) { return checked(__libc_malloc(size), size, __builtin_return_address(0)); }

int posix_memalign(void **result, size_t alignment, size_t size) {
    if (alignment % sizeof(void *) || !alignment || alignment & (alignment - 1)) return EINVAL;
    void *memory = checked(__libc_memalign(alignment, size), size, __builtin_return_address(0));
    if (!memory) return ENOMEM;
    *result = memory;
    return 0;
}

void qlens_report_failed_allocations(void) { atomic_store(&is_reporting, true); }
#else
void qlens_report_failed_allocations(void) {}
#endif
