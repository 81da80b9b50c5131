// A library for LD_PRELOAD that records or breaks what a program does to the files of one directory, and moves its wall clock.
//
// STORAGE_SHIM names the control file, which all processes map; shim.py makes it and knows its layout. STORAGE_SHIM_DIRECTORY names the
// directory. Records are appended to the control file's path with ".log".
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

/// What a test may change while the programs run: 0 or 1, chances per million calls, and nanoseconds.
enum setting { recording, write_eio, write_enospc, write_short, write_lost, sync_eio, clock_offset, settings_end };
enum { settings_max = 16, descriptors_max = 65536, control_bytes = 4096 };

struct control {
  int64_t settings[settings_max];
  /// How often each fault was injected.
  uint64_t injected[settings_max];
  uint64_t syncs;
  pthread_mutex_t mutex;
};

enum kind {
  record_open = 1, record_write, record_truncate, record_sync_begin, record_sync_end, record_unlink, record_rename, record_note, record_link,
};

/// In front of `length` bytes: what was written, a path, two paths with a zero between them, or a note.
struct header {
  uint32_t magic, kind;
  uint64_t file;
  int64_t offset;
  uint64_t length;
};
enum { magic = 0x45434c47 };

enum { watched = 1, database = 2 };

static struct control *control;
static int log_descriptor = -1;
static char directory[PATH_MAX];
static unsigned char watch[descriptors_max];
static uint64_t inode[descriptors_max];
static int (*real_clock_gettime)(clockid_t, struct timespec *);

static void lock(void) {
  if (pthread_mutex_lock(&control->mutex) == EOWNERDEAD) pthread_mutex_consistent(&control->mutex);
}

static void unlock(void) {
  pthread_mutex_unlock(&control->mutex);
}

/// With the mutex held, so that the records lie in the order of their effects.
static void append(enum kind kind, uint64_t file, int64_t offset, const void *bytes, uint64_t length) {
  struct header header = {.magic = magic, .kind = kind, .file = file, .offset = offset, .length = length};
  struct iovec parts[2] = {{&header, sizeof header}, {(void *)bytes, length}};
  ssize_t wanted = (ssize_t)(sizeof header + length);
  if (syscall(SYS_writev, log_descriptor, parts, 2) != wanted) abort();
}

static int is_recording(void) {
  return control && control->settings[recording];
}

/// Maps the control file; `create` makes it. 0, or -1.
int shim_open(const char *path, int create) {
  int descriptor = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC | (create ? O_CREAT | O_EXCL : 0), 0666);
  if (descriptor < 0) return -1;
  if (create && (ftruncate(descriptor, control_bytes) != 0 || fchmod(descriptor, 0666) != 0)) return -1;
  struct control *mapped = mmap(NULL, control_bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  syscall(SYS_close, descriptor);
  if (mapped == MAP_FAILED) return -1;
  if (create) {
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&mapped->mutex, &attributes);
  }
  char name[PATH_MAX];
  snprintf(name, sizeof name, "%s.log", path);
  int opened = (int)syscall(SYS_openat, AT_FDCWD, name, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  if (opened < 0) return -1;
  if (create) fchmod(opened, 0666);
  // Out of the way of programs that expect the lowest numbers, and below 1024, which libfcgi needs.
  log_descriptor = fcntl(opened, F_DUPFD_CLOEXEC, 900);
  if (log_descriptor < 0) log_descriptor = opened;
  else syscall(SYS_close, opened);
  control = mapped;
  return 0;
}

/// Writes a note of the test between the records.
void shim_note(const char *text, uint64_t length) {
  lock();
  append(record_note, 0, 0, text, length);
  unlock();
}

__attribute__((constructor)) static void set_up(void) {
  real_clock_gettime = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
  const char *path = getenv("STORAGE_SHIM"), *where = getenv("STORAGE_SHIM_DIRECTORY");
  if (!path || !where) return;
  snprintf(directory, sizeof directory, "%s/", where);
  if (shim_open(path, 0) != 0) _exit(126);
}

// MARK: Which descriptors

/// The path below the directory, or NULL. Logs, sockets and the search index are not watched: losing them loses nothing.
static const char *relative(const char *path) {
  size_t length = strlen(directory);
  if (length == 0) return NULL;
  // The directory itself, for its fsync.
  if (strlen(path) == length - 1 && strncmp(path, directory, length - 1) == 0) return "";
  if (strncmp(path, directory, length) != 0) return NULL;
  const char *rest = path + length;
  const char *unwatched[] = {"log/", "run/", "nginx/"};
  for (size_t i = 0; i < sizeof unwatched / sizeof *unwatched; i++)
    if (strncmp(rest, unwatched[i], strlen(unwatched[i])) == 0) return NULL;
  return rest;
}

/// The absolute path without links of what a descriptor has open.
static int path_of(int descriptor, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, PATH_MAX - 1);
  if (length < 0) return -1;
  path[length] = 0;
  return 0;
}

/// The absolute path of a name whose directory exists.
static int resolve(const char *name, char *path) {
  char copy[PATH_MAX], *slash;
  snprintf(copy, sizeof copy, "%s", name);
  slash = strrchr(copy, '/');
  char parent[PATH_MAX];
  if (slash) *slash = 0;
  if (!realpath(slash ? (*copy ? copy : "/") : ".", parent)) return -1;
  return snprintf(path, PATH_MAX, "%s/%s", parent, slash ? slash + 1 : copy) < PATH_MAX ? 0 : -1;
}

static int ends_with(const char *text, const char *end) {
  size_t length = strlen(text), wanted = strlen(end);
  return length >= wanted && strcmp(text + length - wanted, end) == 0;
}

static void opened(int descriptor, int flags, int existed) {
  if (!control || descriptor < 0 || descriptor >= descriptors_max) return;
  watch[descriptor] = 0;
  char path[PATH_MAX];
  struct stat status;
  if (path_of(descriptor, path) != 0) return;
  const char *rest = relative(path);
  if (!rest || fstat(descriptor, &status) != 0) return;
  inode[descriptor] = status.st_ino;
  watch[descriptor] = (unsigned char)((strncmp(rest, "search.db", 9) == 0 ? 0 : watched) |
                                      (ends_with(rest, ".db") || ends_with(rest, ".db-wal") ? database : 0));
  if (!is_recording() || !(watch[descriptor] & watched)) return;
  lock();
  // A made file has the flag 1, an emptied one 2, a directory 4.
  append(record_open, status.st_ino, (existed ? 0 : 1) | (flags & O_TRUNC ? 2 : 0) | (S_ISDIR(status.st_mode) ? 4 : 0), rest, strlen(rest));
  unlock();
}

static int open_any(int at, const char *name, int flags, mode_t mode) {
  int existed = !(flags & O_CREAT) || faccessat(at, name, F_OK, 0) == 0;
  int descriptor = (int)syscall(SYS_openat, at, name, flags, mode);
  if (descriptor >= 0) opened(descriptor, flags, existed);
  return descriptor;
}

#define MODE(flags) ({ mode_t mode = 0; if ((flags) & (O_CREAT | O_TMPFILE)) { va_list list; va_start(list, flags); \
  mode = va_arg(list, mode_t); va_end(list); } mode; })

int open(const char *name, int flags, ...) { return open_any(AT_FDCWD, name, flags, MODE(flags)); }
int open64(const char *name, int flags, ...) { return open_any(AT_FDCWD, name, flags, MODE(flags)); }
int openat(int at, const char *name, int flags, ...) { return open_any(at, name, flags, MODE(flags)); }
int openat64(int at, const char *name, int flags, ...) { return open_any(at, name, flags, MODE(flags)); }

int close(int descriptor) {
  if (descriptor >= 0 && descriptor < descriptors_max) watch[descriptor] = 0;
  return (int)syscall(SYS_close, descriptor);
}

static unsigned char watched_as(int descriptor) {
  return control && descriptor >= 0 && descriptor < descriptors_max ? watch[descriptor] : 0;
}

// MARK: Faults

/// Whether this call is to fail in this way.
static int strikes(enum setting fault) {
  int64_t chance = control->settings[fault];
  if (chance <= 0) return 0;
  static __thread uint64_t state;
  if (state == 0) state = (uint64_t)getpid() * 2654435761u ^ (uint64_t)(uintptr_t)&state ^ (uint64_t)time(NULL) << 20;
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  if ((int64_t)(state % 1000000) >= chance) return 0;
  __atomic_add_fetch(&control->injected[fault], 1, __ATOMIC_RELAXED);
  return 1;
}

static ssize_t write_at(int descriptor, const void *bytes, size_t count, int64_t offset) {
  return offset < 0 ? syscall(SYS_write, descriptor, bytes, count) : syscall(SYS_pwrite64, descriptor, bytes, count, offset);
}

/// Writes, or fails: with nothing written, or with the first half. `offset` -1: where the file stands.
static ssize_t faulty_write(int descriptor, const void *bytes, size_t count, int64_t offset) {
  if (!(watched_as(descriptor) & database)) return write_at(descriptor, bytes, count, offset);
  int error = strikes(write_eio) ? EIO : strikes(write_enospc) ? ENOSPC : 0;
  if (error) {
    if (count & 1 || __atomic_load_n(&control->injected[error == EIO ? write_eio : write_enospc], __ATOMIC_RELAXED) & 1)
      write_at(descriptor, bytes, count / 2, offset);
    errno = error;
    return -1;
  }
  if (count > 1 && strikes(write_short)) return write_at(descriptor, bytes, count / 2, offset);
  // A disk that lies: for the control.
  if (strikes(write_lost)) return (ssize_t)count;
  return write_at(descriptor, bytes, count, offset);
}

static ssize_t any_write(int descriptor, const void *bytes, size_t count, int64_t offset) {
  if (!(watched_as(descriptor) & watched) || !is_recording()) return faulty_write(descriptor, bytes, count, offset);
  lock();
  int64_t start = offset < 0 ? (int64_t)syscall(SYS_lseek, descriptor, 0, SEEK_CUR) : offset;
  ssize_t written = faulty_write(descriptor, bytes, count, offset);
  if (written > 0) append(record_write, inode[descriptor], start, bytes, (uint64_t)written);
  unlock();
  return written;
}

ssize_t write(int descriptor, const void *bytes, size_t count) { return any_write(descriptor, bytes, count, -1); }
ssize_t pwrite(int descriptor, const void *bytes, size_t count, off_t offset) { return any_write(descriptor, bytes, count, offset); }
ssize_t pwrite64(int descriptor, const void *bytes, size_t count, off_t offset) { return any_write(descriptor, bytes, count, offset); }

static int any_truncate(int descriptor, int64_t size) {
  if (!(watched_as(descriptor) & watched) || !is_recording()) return (int)syscall(SYS_ftruncate, descriptor, size);
  lock();
  int result = (int)syscall(SYS_ftruncate, descriptor, size);
  if (result == 0) append(record_truncate, inode[descriptor], size, "", 0);
  unlock();
  return result;
}

int ftruncate(int descriptor, off_t size) { return any_truncate(descriptor, size); }
int ftruncate64(int descriptor, off_t size) { return any_truncate(descriptor, size); }

static int any_sync(int descriptor, long call) {
  unsigned char kind = watched_as(descriptor);
  if (kind & database && strikes(sync_eio)) {
    errno = EIO;
    return -1;
  }
  if (!(kind & watched) || !is_recording()) return (int)syscall(call, descriptor);
  // What was written before the sync began is safe once it has ended; the records tell both.
  lock();
  int64_t number = (int64_t)++control->syncs;
  append(record_sync_begin, inode[descriptor], number, "", 0);
  unlock();
  int result = (int)syscall(call, descriptor);
  lock();
  if (result == 0) append(record_sync_end, inode[descriptor], number, "", 0);
  unlock();
  return result;
}

int fsync(int descriptor) { return any_sync(descriptor, SYS_fsync); }
int fdatasync(int descriptor) { return any_sync(descriptor, SYS_fdatasync); }

int unlink(const char *name) {
  char path[PATH_MAX];
  const char *rest = is_recording() && resolve(name, path) == 0 ? relative(path) : NULL;
  if (!rest) return (int)syscall(SYS_unlink, name);
  lock();
  int result = (int)syscall(SYS_unlink, name);
  if (result == 0) append(record_unlink, 0, 0, rest, strlen(rest));
  unlock();
  return result;
}

/// rename(2) or link(2), which have two names.
static int with_two_names(long call, enum kind kind, const char *from, const char *to) {
  char old[PATH_MAX], new[PATH_MAX], both[2 * PATH_MAX];
  const char *first = is_recording() && resolve(from, old) == 0 ? relative(old) : NULL;
  const char *second = first && resolve(to, new) == 0 ? relative(new) : NULL;
  if (!second) return (int)syscall(call, from, to);
  size_t length = strlen(first) + 1;
  memcpy(both, first, length);
  memcpy(both + length, second, strlen(second));
  lock();
  int result = (int)syscall(call, from, to);
  if (result == 0) append(kind, 0, 0, both, length + strlen(second));
  unlock();
  return result;
}

int rename(const char *from, const char *to) { return with_two_names(SYS_rename, record_rename, from, to); }
int link(const char *from, const char *to) { return with_two_names(SYS_link, record_link, from, to); }

// MARK: The wall clock

static int64_t offset_now(void) {
  return control ? control->settings[clock_offset] : 0;
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  int result = real_clock_gettime(clock, time);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
    int64_t nanoseconds = (int64_t)time->tv_sec * 1000000000 + time->tv_nsec + offset_now();
    time->tv_sec = nanoseconds / 1000000000;
    time->tv_nsec = nanoseconds % 1000000000;
  }
  return result;
}

int gettimeofday(struct timeval *restrict time, void *restrict zone) {
  (void)zone;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  time->tv_sec = now.tv_sec;
  time->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *result) {
  struct timespec now;
  if (!real_clock_gettime) return 0;
  clock_gettime(CLOCK_REALTIME, &now);
  if (result) *result = now.tv_sec;
  return now.tv_sec;
}
