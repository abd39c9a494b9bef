#define _GNU_SOURCE
#include "csystem.h"
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

int qlens_processor_level(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("x86-64-v4")) return 4;
    if (__builtin_cpu_supports("x86-64-v3")) return 3;
#endif
    return 0;
}

bool qlens_has_address_space(size_t size) {
    if (!size) return true;
    void *room = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (room == MAP_FAILED) return false;
    munmap(room, size);
    return true;
}

int qlens_character_width(uint32_t scalar) { return wcwidth((wchar_t)scalar); }

int qlens_open_pipe(int ends[2]) {
    if (pipe(ends)) return -1;
    for (int i = 0; i < 2; i++) {
        fcntl(ends[i], F_SETFL, fcntl(ends[i], F_GETFL) | O_NONBLOCK);
        fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    }
    return 0;
}

// Signals as bytes in a pipe.

static const int watched[] = {SIGWINCH, SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT};
enum { watched_count = sizeof watched / sizeof *watched };
static struct sigaction before_watching[watched_count];
static volatile int signal_pipe = -1;
static sigset_t mask_before_watching;

static void report_signal(int signal_number) {
    int saved = errno;
    unsigned char byte = (unsigned char)signal_number;
    if (signal_pipe >= 0) (void)!write(signal_pipe, &byte, 1);
    errno = saved;
}

void qlens_watch_signals(int write_end) {
    signal_pipe = write_end;
    struct sigaction action = {.sa_handler = report_signal, .sa_flags = SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigset_t all;
    sigemptyset(&all);
    for (int i = 0; i < watched_count; i++) sigaddset(&all, watched[i]);
    sigprocmask(SIG_BLOCK, &all, &mask_before_watching);
    for (int i = 0; i < watched_count; i++) sigaction(watched[i], &action, &before_watching[i]);
}

void qlens_unwatch_signals(void) {
    for (int i = 0; i < watched_count; i++) sigaction(watched[i], &before_watching[i], NULL);
    signal_pipe = -1;
    sigprocmask(SIG_SETMASK, &mask_before_watching, NULL);
}

void qlens_wait_readable(const int *descriptors, int count, bool *ready, int milliseconds) {
    fd_set readable;
    FD_ZERO(&readable);
    int highest = -1;
    for (int i = 0; i < count; i++) {
        FD_SET(descriptors[i], &readable);
        if (descriptors[i] > highest) highest = descriptors[i];
    }
    sigset_t none;
    sigemptyset(&none);
    const struct timespec limit = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
    int found = pselect(highest + 1, &readable, NULL, NULL, milliseconds < 0 ? NULL : &limit, &none);
    for (int i = 0; i < count; i++) ready[i] = found > 0 && FD_ISSET(descriptors[i], &readable);
}

void qlens_stop_job(void) {
    struct sigaction standard = {.sa_handler = SIG_DFL}, ours;
    sigset_t suspend, mask;
    sigemptyset(&standard.sa_mask);
    sigemptyset(&suspend);
    sigaddset(&suspend, SIGTSTP);
    sigaction(SIGTSTP, &standard, &ours);
    kill(0, SIGTSTP);  // pending while it is blocked
    sigprocmask(SIG_UNBLOCK, &suspend, &mask);
    sigprocmask(SIG_SETMASK, &mask, NULL);
    sigaction(SIGTSTP, &ours, NULL);
}

void qlens_die_of_signal(int signal_number) {
    qlens_unlink_part_files();
    signal(signal_number, SIG_DFL);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal_number);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    raise(signal_number);
    _exit(128 + signal_number);
}

bool qlens_window_size(int descriptor, int *rows, int *columns) {
    struct winsize size;
    if (ioctl(descriptor, TIOCGWINSZ, &size) || !size.ws_row || !size.ws_col) return false;
    *rows = size.ws_row;
    *columns = size.ws_col;
    return true;
}

// Mapped files that lose their pages: truncated by somebody, or on a disk that fails.

enum { most_mappings = 4096 };
static struct {
    _Atomic(uintptr_t) base;  // 0 where the entry is free
    _Atomic(size_t) length;
    _Atomic(int) lost;
} mappings[most_mappings];
static _Atomic(int) used_mappings;  // none is in use from here on
static struct sigaction before_bus;
static uintptr_t page_size;

// Puts zeros under a page that has gone, and under all that follow it in its file. Only calls that are safe in a signal handler.
static bool replace_lost_page(const siginfo_t *info) {
    if (info->si_code <= 0) return false;  // sent by a process rather than by the memory
    uintptr_t address = (uintptr_t)info->si_addr;
    int used = atomic_load(&used_mappings);
    for (int i = 0; i < used; i++) {
        uintptr_t base = atomic_load(&mappings[i].base);
        size_t length = atomic_load(&mappings[i].length);
        if (!base || address < base || address - base >= length) continue;
        // Both belong together only where nobody took the entry meanwhile.
        if (atomic_load(&mappings[i].base) != base) continue;
        uintptr_t page = address & ~(page_size - 1), end = base + length;
        void *zeros = mmap((void *)page, end - page, PROT_READ,
                           MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (zeros == MAP_FAILED) return false;
        atomic_store(&mappings[i].lost, 1);
        return true;
    }
    return false;
}

static void on_bus_error(int signal_number, siginfo_t *info, void *context) {
    (void)context;
    int saved = errno;
    if (!replace_lost_page(info)) {
        sigaction(signal_number, &before_bus, NULL);
        raise(signal_number);
    }
    errno = saved;
}

static void install_bus_handler(void) {
    page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
    struct sigaction action = {.sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, &before_bus);
}

int qlens_guard_mapping(const void *base, size_t length) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, install_bus_handler);
    for (int i = 0; i < most_mappings; i++) {
        uintptr_t free_place = 0;
        // The length is written first by whoever holds the entry: an entry is held by a base that no address has.
        if (!atomic_compare_exchange_strong(&mappings[i].base, &free_place, UINTPTR_MAX)) continue;
        atomic_store(&mappings[i].length, length);
        atomic_store(&mappings[i].lost, 0);
        atomic_store(&mappings[i].base, (uintptr_t)base);
        int used = atomic_load(&used_mappings);
        while (used < i + 1 && !atomic_compare_exchange_weak(&used_mappings, &used, i + 1)) {}
        return i;
    }
    return -1;
}

bool qlens_mapping_lost_pages(int place) { return place >= 0 && atomic_load(&mappings[place].lost); }

void qlens_unguard_mapping(int place) {
    if (place >= 0) atomic_store(&mappings[place].base, 0);
}

// Restoring after a crash. Only calls that are safe in a signal handler.

static struct {
    int terminal, real_error, captured_error;
    struct termios modes;
    bool has_modes;
    volatile sig_atomic_t armed;
} crash = {.terminal = -1, .real_error = -1, .captured_error = -1};

static struct sigaction before_crash[65];

// A frame ended, mouse and bracketed paste off, attributes off, cursor on, keypad off, main screen.
static const char restore_bytes[] =
    "\033[?2026l\033[?1003l\033[?1002l\033[?1000l\033[?1006l\033[?2004l\033[0m\033[?25h\033[?1l\033>\033[?1049l\r";

static const char bus_message[] =
    "qlens: found a mapped file that is shorter than when it was opened, expected it to stay as it was\n";

static const char crash_message[] = "qlens: a fault of the program itself; a report of it, if there is one, follows\n";

static void restore_terminal(const char *message, size_t length) {
    if (!crash.armed) return;
    crash.armed = 0;
    (void)!write(crash.terminal, restore_bytes, sizeof restore_bytes - 1);
    if (crash.has_modes) tcsetattr(crash.terminal, TCSADRAIN, &crash.modes);
    if (crash.real_error >= 0 && length) (void)!write(crash.real_error, message, length);
    if (crash.captured_error >= 0 && crash.real_error >= 0) {
        char buffer[4096];
        off_t at = 0;
        ssize_t n;
        while ((n = pread(crash.captured_error, buffer, sizeof buffer, at)) > 0) {
            (void)!write(crash.real_error, buffer, (size_t)n);
            at += n;
        }
        dup2(crash.real_error, 2);
    }
}

void qlens_restore_terminal_now(void) { restore_terminal(NULL, 0); }

static void on_crash(int signal_number, siginfo_t *info, void *context) {
    (void)context;
    int saved = errno;
    if (signal_number == SIGBUS && replace_lost_page(info)) {
        errno = saved;
        return;
    }
    if (crash.armed) {
        if (signal_number == SIGBUS) restore_terminal(bus_message, sizeof bus_message - 1);
        else restore_terminal(crash_message, sizeof crash_message - 1);
    }
    qlens_unlink_part_files();
    qlens_restore_terminal_now();
    // Hand over to whoever was there before: Swift's backtracer, or the default action. A fault occurs again when
    // the instruction is run again; ABRT and TRAP, and any of them sent by kill, have to be raised anew.
    sigaction(signal_number, &before_crash[signal_number], NULL);
    raise(signal_number);
}

void qlens_install_crash_restore(int terminal, int real_error, int captured_error) {
    crash.terminal = terminal;
    crash.real_error = real_error;
    crash.captured_error = captured_error;
    crash.has_modes = tcgetattr(terminal, &crash.modes) == 0;
    static char stack[64 * 1024];
    stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&alternate, NULL);
    struct sigaction action = {.sa_sigaction = on_crash, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    const int fatal[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
    for (unsigned i = 0; i < sizeof fatal / sizeof *fatal; i++)
        sigaction(fatal[i], &action, &before_crash[fatal[i]]);
    crash.armed = 1;
}

void qlens_arm_crash_restore(bool armed) { crash.armed = armed; }

int qlens_unnamed_file(void) {
    const char *folder = getenv("TMPDIR");
    char name[4096];
    int length = snprintf(name, sizeof name, "%s/qlens-part", folder && *folder ? folder : "/tmp");
    if (length < 0 || length + 8 > (int)sizeof name) return -1;
    // mkstemp fills in six letters.
    memset(name + length, 'X', 6);
    name[length + 6] = 0;
    int descriptor = mkstemp(name);
    if (descriptor < 0) return -1;
    unlink(name);
    fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    return descriptor;
}

struct thread_start {
    void (*body)(void *);
    void *argument;
};

static void *run_thread(void *start) {
    struct thread_start job = *(struct thread_start *)start;
    free(start);
    job.body(job.argument);
    return NULL;
}

bool qlens_start_thread(void (*body)(void *), void *argument, size_t stack) {
    struct thread_start *start = malloc(sizeof *start);
    if (!start) return false;
    *start = (struct thread_start){body, argument};
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all, before;
    sigfillset(&all);
    const int own[] = {SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT};
    for (unsigned i = 0; i < sizeof own / sizeof *own; i++) sigdelset(&all, own[i]);
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, stack);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int status = pthread_create(&thread, &attributes, run_thread, start);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (status) free(start);
    return !status;
}

void qlens_lower_thread_priority(int niceness) {
#if defined(__linux__)
    setpriority(PRIO_PROCESS, 0, niceness);  // on Linux 0 is the calling thread
#else
    (void)niceness;
#endif
}
