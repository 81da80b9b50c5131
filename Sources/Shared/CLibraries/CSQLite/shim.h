// What Swift cannot import from sqlite3.h by itself: the destructor constant that is a cast, the variadic configuration calls,
// and an answer through a pointer to nothing in particular.
#pragma once
#include <sqlite3.h>

static inline int echochat_bind_text(sqlite3_stmt *statement, int index, const char *bytes, int count) {
  return sqlite3_bind_text(statement, index, bytes, count, SQLITE_TRANSIENT);
}

static inline int echochat_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int count) {
  return sqlite3_bind_blob(statement, index, bytes, count, SQLITE_TRANSIENT);
}

// Without its statistics, SQLite's allocator takes no lock that all connections of the process share. Before the first connection only.
static inline int echochat_disable_memory_statistics(void) {
  return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static inline int echochat_db_config(sqlite3 *database, int option, int value) {
  return sqlite3_db_config(database, option, value, (int *)0);
}

// Whether the file was renamed or taken away since it was opened.
static inline int echochat_has_moved(sqlite3 *database) {
  int hasMoved = 0;
  sqlite3_file_control(database, "main", SQLITE_FCNTL_HAS_MOVED, &hasMoved);
  return hasMoved;
}
