// What the two VFSs of this module share.
#pragma once
#include <sqlite3.h>

/// Opens a file with the VFS `real`; of a database, the unused bytes of pages are written as zeros.
int echochat_open_erasing(sqlite3_vfs *real, const char *name, sqlite3_file *file, int flags, int *flags_used);

/// Registers the VFS that does nothing else.
int echochat_register_erasing(sqlite3_vfs *real);
