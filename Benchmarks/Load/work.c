#include "load.h"

#include <stdlib.h>
#include <string.h>

const char *const authorization = "Bearer 0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

static const char id[] = "req-0123456789ab";
static const char text[] = "abcdefghijklmnopqrstuvwxyz012345";

// The messages of echo.proto; a field that is zero is not sent.
static Buffer message(uint64_t n, size_t blob) {
    Buffer message = {0};
    buffer_field(&message, 1, id, strlen(id));
    if (n > 0) {
        buffer_varint(&message, 2 << 3);
        buffer_varint(&message, n);
    }
    buffer_field(&message, 3, text, strlen(text));
    if (blob > 0) {
        uint8_t *bytes = malloc(blob);
        if (!bytes) fail("out of memory");
        for (size_t i = 0; i < blob; i++) bytes[i] = (uint8_t)(i * 7 + (i >> 8));
        buffer_field(&message, 4, bytes, blob);
        free(bytes);
    }
    return message;
}

void make_work(Work *work, Method method, size_t blob) {
    work->method = method;
    work->name = method == method_echo ? "Echo" : "Stream";
    work->response_count = method == method_echo ? 1 : stream_messages;
    work->responses = calloc(work->response_count, sizeof(Buffer));
    if (!work->responses) fail("out of memory");
    work->endless = message(INT64_MAX, 0);
    if (method == method_echo) {
        work->request = message(123456789, blob);
        work->responses[0] = message(123456790, blob);
    } else {
        work->request = message(stream_messages, 0);
        for (uint64_t n = 0; n < stream_messages; n++) work->responses[n] = message(n, 0);
    }
}
