// What Swift cannot import from curl.h by itself: the variadic calls that set options and ask for results.
#pragma once
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

static inline CURLcode echochat_curl_set_number(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}

// libcurl copies the text.
static inline CURLcode echochat_curl_set_text(CURL *handle, CURLoption option, const char *text) {
  return curl_easy_setopt(handle, option, text);
}

static inline CURLcode echochat_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *list) {
  return curl_easy_setopt(handle, option, list);
}

// A pointer that libcurl keeps: an error buffer, or what it hands to a callback.
static inline CURLcode echochat_curl_set_pointer(CURL *handle, CURLoption option, void *pointer) {
  return curl_easy_setopt(handle, option, pointer);
}

typedef size_t (*echochat_curl_bytes)(char *, size_t, size_t, void *);
typedef int (*echochat_curl_progress)(void *, curl_off_t, curl_off_t, curl_off_t, curl_off_t);
typedef int (*echochat_curl_debug)(CURL *, curl_infotype, char *, size_t, void *);

static inline void echochat_curl_set_callbacks(
    CURL *handle, echochat_curl_bytes read, echochat_curl_bytes write, echochat_curl_progress progress, echochat_curl_debug debug) {
  curl_easy_setopt(handle, CURLOPT_READFUNCTION, read);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, write);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, progress);
  curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, debug);
}
