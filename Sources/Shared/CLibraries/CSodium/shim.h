// libsodium: argon2id password hashing and the kernel's random bytes.
#pragma once
#include <sodium.h>
