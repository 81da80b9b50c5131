// A SQLite VFS that gathers the writes to a WAL. SQLite writes each frame as 24 bytes and a page, at consecutive offsets, so that one write
// can do for a whole commit. Everything else is passed on to the VFS below, which opens files that are no WAL itself.
#include "CGatheredWAL.h"
#include "Erasing.h"
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

/// More than this, 31 pages, SQLite's VFS for Unix cannot write at once: it masks the count with it.
enum { gathered_bytes_max = 0x1ffff };

typedef struct {
  sqlite3_file base;
  /// Bytes that SQLite believes to be in the file, from `start` on.
  unsigned char *gathered;
  int count;
  sqlite3_int64 start;
} wal_file;

static sqlite3_vfs *below;

/// The file of the VFS below lies right behind ours.
static sqlite3_file *real_file(sqlite3_file *file) {
  return (sqlite3_file *)((wal_file *)file + 1);
}

/// Writes the gathered bytes. They stay if that fails, so that no later sync of the transaction succeeds without them.
static int flush(sqlite3_file *file) {
  wal_file *wal = (wal_file *)file;
  if (wal->count == 0) return SQLITE_OK;
  int code = real_file(file)->pMethods->xWrite(real_file(file), wal->gathered, wal->count, wal->start);
  if (code == SQLITE_OK) wal->count = 0;
  return code;
}

static int wal_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
  wal_file *wal = (wal_file *)file;
  if (wal->count > 0 && (offset != wal->start + wal->count || count > gathered_bytes_max - wal->count)) {
    int code = flush(file);
    if (code != SQLITE_OK) return code;
  }
  if (count > gathered_bytes_max) return real_file(file)->pMethods->xWrite(real_file(file), bytes, count, offset);
  if (wal->count == 0) wal->start = offset;
  memcpy(wal->gathered + wal->count, bytes, (size_t)count);
  wal->count += count;
  return SQLITE_OK;
}

static int wal_sync(sqlite3_file *file, int flags) {
  int code = flush(file);
  return code == SQLITE_OK ? real_file(file)->pMethods->xSync(real_file(file), flags) : code;
}

static int wal_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
  int code = flush(file);
  return code == SQLITE_OK ? real_file(file)->pMethods->xRead(real_file(file), bytes, count, offset) : code;
}

static int wal_truncate(sqlite3_file *file, sqlite3_int64 size) {
  int code = flush(file);
  return code == SQLITE_OK ? real_file(file)->pMethods->xTruncate(real_file(file), size) : code;
}

static int wal_file_size(sqlite3_file *file, sqlite3_int64 *size) {
  int code = flush(file);
  return code == SQLITE_OK ? real_file(file)->pMethods->xFileSize(real_file(file), size) : code;
}

static int wal_close(sqlite3_file *file) {
  wal_file *wal = (wal_file *)file;
  // Bytes that were not synced belong to no commit, and another program may have written at their offset by now.
  free(wal->gathered);
  wal->gathered = NULL;
  return real_file(file)->pMethods->xClose(real_file(file));
}

static int wal_lock(sqlite3_file *file, int level) {
  return real_file(file)->pMethods->xLock(real_file(file), level);
}

static int wal_unlock(sqlite3_file *file, int level) {
  return real_file(file)->pMethods->xUnlock(real_file(file), level);
}

static int wal_check_reserved_lock(sqlite3_file *file, int *answer) {
  return real_file(file)->pMethods->xCheckReservedLock(real_file(file), answer);
}

static int wal_file_control(sqlite3_file *file, int operation, void *argument) {
  return real_file(file)->pMethods->xFileControl(real_file(file), operation, argument);
}

static int wal_sector_size(sqlite3_file *file) {
  return real_file(file)->pMethods->xSectorSize(real_file(file));
}

static int wal_device_characteristics(sqlite3_file *file) {
  return real_file(file)->pMethods->xDeviceCharacteristics(real_file(file));
}

static const sqlite3_io_methods wal_methods = {
  .iVersion = 1,
  .xClose = wal_close,
  .xRead = wal_read,
  .xWrite = wal_write,
  .xTruncate = wal_truncate,
  .xSync = wal_sync,
  .xFileSize = wal_file_size,
  .xLock = wal_lock,
  .xUnlock = wal_unlock,
  .xCheckReservedLock = wal_check_reserved_lock,
  .xFileControl = wal_file_control,
  .xSectorSize = wal_sector_size,
  .xDeviceCharacteristics = wal_device_characteristics,
};

static int open_file(sqlite3_vfs *self, const char *name, sqlite3_file *file, int flags, int *flags_used) {
  if (!(flags & SQLITE_OPEN_WAL)) return echochat_open_erasing(below, name, file, flags, flags_used);
  wal_file *wal = (wal_file *)file;
  memset(wal, 0, sizeof *wal);
  int code = below->xOpen(below, name, real_file(file), flags, flags_used);
  if (code != SQLITE_OK) {
    // SQLite closes what failed to open if it has methods: the file below may want that.
    if (real_file(file)->pMethods) real_file(file)->pMethods->xClose(real_file(file));
    return code;
  }
  wal->gathered = malloc(gathered_bytes_max);
  if (!wal->gathered) {
    real_file(file)->pMethods->xClose(real_file(file));
    return SQLITE_NOMEM;
  }
  wal->base.pMethods = &wal_methods;
  return SQLITE_OK;
}

/// Called by SQLite after a transaction was rolled back, also because a commit failed.
static void forget(void *connection) {
  sqlite3_file *file = NULL;
  int code = sqlite3_file_control(connection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file);
  if (code == SQLITE_OK && file && file->pMethods == &wal_methods) ((wal_file *)file)->count = 0;
}

void echochat_forget_what_is_rolled_back(struct sqlite3 *connection) {
  sqlite3_rollback_hook(connection, forget, connection);
}

int echochat_register_gathered_wal(void) {
  static sqlite3_vfs gathering;
  below = sqlite3_vfs_find(NULL);
  if (!below) return SQLITE_ERROR;
  gathering = *below;
  gathering.szOsFile += (int)sizeof(wal_file);
  gathering.zName = ECHOCHAT_GATHERED_WAL;
  gathering.pNext = NULL;
  gathering.xOpen = open_file;
  int code = sqlite3_vfs_register(&gathering, 0);
  return code == SQLITE_OK ? echochat_register_erasing(below) : code;
}
