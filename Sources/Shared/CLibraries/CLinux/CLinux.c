// accept4 and O_PATH are declared only under _GNU_SOURCE, which must not be set in a header that Swift imports: it would change what Glibc
// declares.
#define _GNU_SOURCE
#include "CLinux.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <unistd.h>

int echochat_accept(int listener) {
  return accept4(listener, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

int echochat_clock_is_synchronized(void) {
  struct timex state = {0};
  return adjtimex(&state) >= 0 && !(state.status & STA_UNSYNC);
}

/// Deeper than any directory that EchoChat makes.
enum { depth_max = 16 };

static int give_directory(int directory, uid_t user, gid_t group, int depth);

/// Works on a descriptor of the entry itself: whatever takes its place meanwhile is not touched.
static int give_entry(int parent, const char *name, uid_t user, gid_t group, int depth) {
  int entry = openat(parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
  if (entry < 0) return errno == ENOENT ? 0 : -1;
  struct stat status;
  int answer = fstat(entry, &status);
  if (answer == 0 && S_ISDIR(status.st_mode)) {
    int directory = openat(entry, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    answer = directory < 0 ? -1 : give_directory(directory, user, group, depth + 1);
  } else if (answer == 0 && status.st_uid == 0 && (S_ISSOCK(status.st_mode) || (S_ISREG(status.st_mode) && status.st_nlink == 1))) {
    answer = fchownat(entry, "", user, group, AT_EMPTY_PATH);
  }
  int failure = errno;
  close(entry);
  errno = failure;
  return answer;
}

/// Closes the descriptor. The contents come first: as long as root owns the directory, nobody else changes it.
static int give_directory(int directory, uid_t user, gid_t group, int depth) {
  struct stat status;
  DIR *entries = depth > depth_max ? NULL : fdopendir(directory);
  if (!entries) {
    if (depth > depth_max) errno = ELOOP;
    int failure = errno;
    close(directory);
    errno = failure;
    return -1;
  }
  int answer = 0;
  struct dirent *entry;
  while (answer == 0 && (entry = readdir(entries))) {
    if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
      answer = give_entry(directory, entry->d_name, user, group, depth);
  }
  if (answer == 0) answer = fstat(directory, &status);
  if (answer == 0 && status.st_uid == 0) answer = fchown(directory, user, group);
  int failure = errno;
  closedir(entries);
  errno = failure;
  return answer;
}

int echochat_give_tree(const char *path, unsigned user, unsigned group) {
  int directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  return directory < 0 ? -1 : give_directory(directory, user, group, 0);
}

int echochat_lock_byte(int file, short type, long byte, int waits) {
  struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
  return fcntl(file, waits ? F_OFD_SETLKW : F_OFD_SETLK, &lock);
}

long echochat_birth_time(const char *path) {
  struct statx found;
  if (statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BTIME, &found) != 0 || !(found.stx_mask & STATX_BTIME)) return 0;
  return found.stx_btime.tv_sec * 1000000000L + found.stx_btime.tv_nsec;
}

void echochat_begin_writeback(int file, long offset, long count) {
  (void)sync_file_range(file, offset, count, SYNC_FILE_RANGE_WRITE);
}
