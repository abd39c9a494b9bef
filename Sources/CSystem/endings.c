// Ways for the process to end: by signals that nothing else handles, with what must be done before.
#define _GNU_SOURCE
#include "csystem.h"
#include "internal.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

// Files that are being written. An entry is taken by state 1, and its path can be read from state 2 on.
enum { most_parts = 32, longest_path = 4096 };
static struct {
    _Atomic(int) state;
    char path[longest_path];
} parts[most_parts];

void qlens_part_file_add(const char *path) {
    size_t length = strlen(path);
    if (length >= longest_path) return;
    for (int i = 0; i < most_parts; i++) {
        int free_place = 0;
        if (!atomic_compare_exchange_strong(&parts[i].state, &free_place, 1)) continue;
        memcpy(parts[i].path, path, length + 1);
        atomic_store(&parts[i].state, 2);
        return;
    }
}

void qlens_part_file_remove(const char *path) {
    for (int i = 0; i < most_parts; i++) {
        if (atomic_load(&parts[i].state) == 2 && !strcmp(parts[i].path, path)) {
            atomic_store(&parts[i].state, 0);
            return;
        }
    }
}

void qlens_unlink_part_files(void) {
    for (int i = 0; i < most_parts; i++)
        if (atomic_load(&parts[i].state) == 2) unlink(parts[i].path);
}

void qlens_end_now(int status, const char *message, size_t length) {
    qlens_restore_terminal_now();
    qlens_unlink_part_files();
    (void)!write(2, message, length);
    _exit(status);
}

static void on_ending(int signal_number) {
    qlens_restore_terminal_now();
    qlens_die_of_signal(signal_number);
}

static void handle(int signal_number, void (*handler)(int)) {
    struct sigaction now;
    // What the parent had ignored stays ignored (nohup), and what has a handler keeps it.
    if (sigaction(signal_number, NULL, &now) || now.sa_handler != SIG_DFL) return;
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    sigfillset(&action.sa_mask);
    sigaction(signal_number, &action, NULL);
}

void qlens_prepare_endings(void) {
    handle(SIGPIPE, SIG_IGN);
    handle(SIGXFSZ, SIG_IGN);
    const int ending[] = {SIGHUP,  SIGINT,    SIGTERM, SIGQUIT, SIGALRM, SIGUSR1, SIGUSR2,
                          SIGXCPU, SIGVTALRM, SIGPROF, SIGSYS,
#ifdef SIGPOLL
                          SIGPOLL,
#endif
#ifdef SIGPWR
                          SIGPWR,
#endif
#ifdef SIGSTKFLT
                          SIGSTKFLT,
#endif
    };
    for (unsigned i = 0; i < sizeof ending / sizeof *ending; i++) handle(ending[i], on_ending);
#ifdef SIGRTMIN
    for (int number = SIGRTMIN; number <= SIGRTMAX; number++) handle(number, on_ending);
#endif
}
