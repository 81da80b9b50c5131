// libfcgi's thread-safe interface. fcgi_stdio.h is left out: it replaces stdio by macros.
#pragma once
#include <fcgiapp.h>
