// libcrypt (libxcrypt): the hashes of other systems.
#pragma once
#include <crypt.h>
