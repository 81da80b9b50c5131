// A SQLite VFS that writes the unused bytes of a database's pages as zeros, so that no row that was moved or deleted stays readable there.
//
// In a b-tree page (https://www.sqlite.org/fileformat2.html#b_tree_pages) the bytes between the cell pointers and the cells are unused, and
// those of a freeblock behind its first four. SQLite never reads them, so they may be anything in the file.
#include "Erasing.h"
#include "CGatheredWAL.h"
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum { page_bytes = 4096 };

/// In a larger file the number of an overflow page may begin like a b-tree page: no page is changed from then on.
static const sqlite3_int64 file_bytes_max = (sqlite3_int64)1 << 36;
static atomic_bool is_too_large;

static pthread_mutex_t setting_up = PTHREAD_MUTEX_INITIALIZER;
/// The methods of the files of the VFS below, and the same with another xWrite. Set once, before the first file has them.
static const sqlite3_io_methods *methods_below;
static sqlite3_io_methods erasing_methods;

static int number(const unsigned char *bytes) {
  return bytes[0] << 8 | bytes[1];
}

/// Checks everything before it changes anything: a page that is no b-tree page stays as it is.
static void erase_unused(unsigned char *page, int header) {
  int type = page[header];
  if (type != 2 && type != 5 && type != 10 && type != 13) return;
  int pointers = header + (type == 2 || type == 5 ? 12 : 8);
  int first_free = number(page + header + 1), cells = number(page + header + 3), content = number(page + header + 5);
  if (cells > page_bytes / 6 || pointers + 2 * cells > content || content > page_bytes) return;
  if (cells == 0 && (content != page_bytes || first_free != 0)) return;
  for (int index = 0; index < cells; index++) {
    int cell = number(page + pointers + 2 * index);
    if (cell < content || cell > page_bytes - 4) return;
  }
  int last_end = content;
  for (int block = first_free; block != 0; block = number(page + block)) {
    if (block < last_end || block > page_bytes - 4) return;
    last_end = block + number(page + block + 2);
    if (last_end < block + 4 || last_end > page_bytes) return;
  }
  memset(page + pointers + 2 * cells, 0, (size_t)(content - pointers - 2 * cells));
  for (int block = first_free; block != 0; block = number(page + block)) memset(page + block + 4, 0, (size_t)number(page + block + 2) - 4);
}

static int write_page(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
  if (offset >= file_bytes_max) atomic_store_explicit(&is_too_large, 1, memory_order_relaxed);
  if (count != page_bytes || offset % page_bytes != 0 || atomic_load_explicit(&is_too_large, memory_order_relaxed))
    return methods_below->xWrite(file, bytes, count, offset);
  unsigned char page[page_bytes];
  memcpy(page, bytes, page_bytes);
  erase_unused(page, offset == 0 ? 100 : 0);
  return methods_below->xWrite(file, page, page_bytes, offset);
}

int echochat_open_erasing(sqlite3_vfs *real, const char *name, sqlite3_file *file, int flags, int *flags_used) {
  int code = real->xOpen(real, name, file, flags, flags_used);
  if (code != SQLITE_OK || !(flags & SQLITE_OPEN_MAIN_DB)) return code;
  sqlite3_int64 size = 0;
  if (file->pMethods->xFileSize(file, &size) == SQLITE_OK && size >= file_bytes_max) is_too_large = 1;
  pthread_mutex_lock(&setting_up);
  if (!methods_below) {
    methods_below = file->pMethods;
    erasing_methods = *methods_below;
    erasing_methods.xWrite = write_page;
  }
  // A file system with other methods, such as those of another kind of lock, keeps them.
  if (file->pMethods == methods_below) file->pMethods = &erasing_methods;
  pthread_mutex_unlock(&setting_up);
  return SQLITE_OK;
}

static sqlite3_vfs *below;

static int open_file(sqlite3_vfs *self, const char *name, sqlite3_file *file, int flags, int *flags_used) {
  return echochat_open_erasing(below, name, file, flags, flags_used);
}

int echochat_register_erasing(sqlite3_vfs *real) {
  static sqlite3_vfs erasing;
  below = real;
  erasing = *real;
  erasing.zName = ECHOCHAT_ERASING;
  erasing.pNext = NULL;
  erasing.xOpen = open_file;
  return sqlite3_vfs_register(&erasing, 0);
}
