#include "load.h"

#include <stdlib.h>
#include <string.h>

size_t buffer_count(const Buffer *buffer) {
    return buffer->end - buffer->start;
}

uint8_t *buffer_reserve(Buffer *buffer, size_t count) {
    if (buffer->capacity - buffer->end >= count) return buffer->bytes + buffer->end;
    size_t held = buffer_count(buffer);
    if (buffer->start > 0) memmove(buffer->bytes, buffer->bytes + buffer->start, held);
    buffer->start = 0;
    buffer->end = held;
    if (buffer->capacity - held < count) {
        buffer->capacity = (held + count) * 2;
        buffer->bytes = realloc(buffer->bytes, buffer->capacity);
        if (!buffer->bytes) fail("out of memory");
    }
    return buffer->bytes + buffer->end;
}

void buffer_append(Buffer *buffer, const void *bytes, size_t count) {
    if (count == 0) return;
    memcpy(buffer_reserve(buffer, count), bytes, count);
    buffer->end += count;
}

void buffer_varint(Buffer *buffer, uint64_t value) {
    uint8_t bytes[10];
    size_t count = 0;
    for (; value >= 0x80; value >>= 7) bytes[count++] = (uint8_t)(value | 0x80);
    bytes[count++] = (uint8_t)value;
    buffer_append(buffer, bytes, count);
}

void buffer_field(Buffer *buffer, unsigned number, const void *bytes, size_t count) {
    buffer_varint(buffer, (uint64_t)number << 3 | 2);
    buffer_varint(buffer, count);
    buffer_append(buffer, bytes, count);
}

void buffer_drop(Buffer *buffer, size_t count) {
    buffer->start += count;
    if (buffer->start == buffer->end) buffer->start = buffer->end = 0;
}

uint32_t big_endian(const uint8_t *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

void put_big_endian(uint8_t *bytes, uint32_t value) {
    bytes[0] = (uint8_t)(value >> 24);
    bytes[1] = (uint8_t)(value >> 16);
    bytes[2] = (uint8_t)(value >> 8);
    bytes[3] = (uint8_t)value;
}
