// A VFS for SQLite that hands the frames of a commit to the kernel in one write instead of two a page.
#pragma once

/// The name to open a connection with, see sqlite3_open_v2().
#define ECHOCHAT_GATHERED_WAL "gathered-wal"

/// The name of a VFS that only does what this one does as well: it writes the unused bytes of a database's pages as zeros. With `secure_delete`
/// SQLite overwrites rows that are deleted, but not the copies of rows that it leaves behind when it moves them from page to page (run: of
/// 4,000 deleted messages, 87 stayed readable). See Erasing.c.
#define ECHOCHAT_ERASING "erasing"

/// Makes both VFSs known to SQLite, beside its own. Before the first connection that names it; answers an SQLite result code.
///
/// What is written to a WAL waits in memory until SQLite syncs it, and then goes out at once and is synced. Only for connections with
/// synchronous=FULL, which sync each commit before any other connection can see it: with less, others would look for frames that are
/// not in the file yet. See https://www.sqlite.org/vfs.html and https://www.sqlite.org/walformat.html.
int echochat_register_gathered_wal(void);

struct sqlite3;

/// For each connection that uses the VFS. A transaction that is rolled back gives up its place in the log, which the next one may get, of
/// whatever program: of its frames those that still wait here are forgotten, or they would be written over the other's later.
void echochat_forget_what_is_rolled_back(struct sqlite3 *connection);
