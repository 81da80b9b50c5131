// Linux system calls and constants that Swift's Glibc module does not carry.
#pragma once
#include <malloc.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/un.h>

/// Names the calling thread for ps and top (15 bytes count). prctl is variadic, which Swift cannot call.
static inline void echochat_name_thread(const char *name) {
  prctl(PR_SET_NAME, name, 0, 0, 0);
}

/// Whether something, such as NTP, keeps the machine's clock right (adjtimex(2)).
int echochat_clock_is_synchronized(void);

/// accept4(2) of a non-blocking, close-on-exec connection; the peer's address is not read.
int echochat_accept(int listener);

/// Says whether this process may leave a core dump and be read by other processes of its user, until its next exec. See above.
static inline void echochat_set_dumpable(int may_be_dumped) {
  prctl(PR_SET_DUMPABLE, may_be_dumped, 0, 0, 0);
}

/// Makes `user` and `group` the owner of what root owns in a directory tree: of the directory itself, directories, sockets, and files without a
/// second name, which may be that of a file elsewhere. Follows no link. Returns 0, or -1 with errno.
int echochat_give_tree(const char *path, unsigned user, unsigned group);

/// Has the kernel send `signal` when the thread that started this process exits. prctl is variadic, see above.
static inline void echochat_die_with_parent(int signal) {
  prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0);
}

/// Locks one byte of a file, shared (F_RDLCK), exclusively (F_WRLCK) or not at all (F_UNLCK), for the open file description (F_OFD_SETLK). Returns
/// -1 and EAGAIN if another one has it and `waits` is 0. fcntl's constants for this need _GNU_SOURCE.
int echochat_lock_byte(int file, short type, long byte, int waits);

/// When a file was made, in nanoseconds since 1970; 0 if the file system does not know, or there is no file.
long echochat_birth_time(const char *path);

/// Has the disk begin to write `count` bytes of a file from `offset` on, without waiting (sync_file_range(2), which needs _GNU_SOURCE).
void echochat_begin_writeback(int file, long offset, long count);

/// What bounds a program that `echochat_run` runs; 0 in a field for no bound.
struct echochat_limits {
  unsigned long memory_bytes;
  unsigned long file_bytes;
  unsigned long cpu_seconds;
  /// Of the wall clock.
  long milliseconds;
  /// Whether it gets no network, no further rights, and only what others leave of the processors.
  int is_isolated;
};

/// Runs `argv[0]`, a path, in a process group of its own, with /dev/null as its three descriptors and no others. Returns 0 and what
/// waitpid(2) says of it (127: it could not be started), or -1 and errno: ETIMEDOUT when it was killed since its time was up.
int echochat_run(char *const *argv, char *const *envp, const struct echochat_limits *limits, int *status);
