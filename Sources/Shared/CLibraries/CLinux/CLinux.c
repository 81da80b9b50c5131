// accept4 is declared only under _GNU_SOURCE, which must not be set in a header that Swift imports: it would change what Glibc declares.
#define _GNU_SOURCE
#include "CLinux.h"

int echochat_accept(int listener) {
  return accept4(listener, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC);
}
