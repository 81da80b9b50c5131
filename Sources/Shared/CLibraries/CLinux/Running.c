// Runs another program on bytes of strangers, with limits. In C, since between fork and exec nothing may allocate or lock.
// unshare and close_range are declared only under _GNU_SOURCE.
#define _GNU_SOURCE
#include "CLinux.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { descriptors_max = 64, not_started = 127 };

static void limit(int resource, unsigned long value) {
  struct rlimit bounds = {.rlim_cur = value, .rlim_max = value};
  setrlimit(resource, &bounds);
}

/// The child's part.
static void become(char *const *argv, char *const *envp, const struct echochat_limits *limits, pid_t parent) {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  signal(SIGPIPE, SIG_DFL);
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (getppid() != parent) _exit(not_started);
  setpgid(0, 0);
  int nothing = open("/dev/null", O_RDWR);
  if (nothing < 0) _exit(not_started);
  for (int number = 0; number < 3; number++) dup2(nothing, number);
  // Connections of clients, and the database.
  close_range(3, ~0U, 0);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_NOFILE, descriptors_max);
  if (limits->memory_bytes) limit(RLIMIT_AS, limits->memory_bytes);
  if (limits->file_bytes) limit(RLIMIT_FSIZE, limits->file_bytes);
  if (limits->cpu_seconds) limit(RLIMIT_CPU, limits->cpu_seconds);
  if (limits->is_isolated) {
    // It gets what the others leave of the processors and the disk (IOPRIO_CLASS_IDLE): who sends a message does not wait for a picture.
    struct sched_param lowest = {.sched_priority = 0};
    sched_setscheduler(0, SCHED_IDLE, &lowest);
    syscall(SYS_ioprio_set, 1, 0, 3 << 13);
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    // Where the kernel lets nobody have a network of their own, the limits above are what is left.
    if (unshare(CLONE_NEWNET) != 0) (void)unshare(CLONE_NEWUSER | CLONE_NEWNET);
  }
  execve(argv[0], argv, envp);
  _exit(not_started);
}

static long now_milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000L + now.tv_nsec / 1000000L;
}

/// Whether the process has ended in time.
static int has_ended(int process, long milliseconds) {
  long deadline = now_milliseconds() + milliseconds;
  while (1) {
    long left = deadline - now_milliseconds();
    struct pollfd wanted = {.fd = process, .events = POLLIN};
    int ready = poll(&wanted, 1, left > 0 ? (int)left : 0);
    if (ready > 0) return 1;
    if (ready == 0 && left <= 0) return 0;
    if (ready < 0 && errno != EINTR) return 0;
  }
}

int echochat_run(char *const *argv, char *const *envp, const struct echochat_limits *limits, int *status) {
  pid_t parent = getpid();
  pid_t child = fork();
  if (child < 0) return -1;
  if (child == 0) become(argv, envp, limits, parent);
  setpgid(child, child);
  int process = (int)syscall(SYS_pidfd_open, child, 0);
  int ended = process >= 0 && has_ended(process, limits->milliseconds);
  if (process >= 0) close(process);
  // Also what it has started itself. The child is not waited for yet: its number is nobody else's.
  kill(-child, SIGKILL);
  kill(child, SIGKILL);
  int code;
  do code = waitpid(child, status, 0); while (code < 0 && errno == EINTR);
  if (code < 0) return -1;
  if (!ended) {
    errno = ETIMEDOUT;
    return -1;
  }
  return 0;
}
