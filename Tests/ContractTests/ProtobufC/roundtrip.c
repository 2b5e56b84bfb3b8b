/* The second, independent implementation of the contract: protobuf-c decodes what SwiftProtobuf wrote, encodes it again
 * with its own encoder, and makes random messages of its own.
 *
 * Reads requests from standard input and answers each on standard output; all numbers are 4 bytes, big endian:
 *   'R' name-length name body-length body   ->  body-length body      the body, decoded and encoded again
 *   'M' name-length name seed               ->  body-length body      a message filled at random
 * A body that cannot be decoded is answered with the length 0xFFFFFFFF.
 */
#include <arpa/inet.h>
#include <protobuf-c/protobuf-c.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Written by the test: one X(descriptor) for each message type of the contract. */
#include "messages.h"

static const ProtobufCMessageDescriptor *const types[] = {
#define X(descriptor) &descriptor,
    MESSAGES
#undef X
};

static const ProtobufCMessageDescriptor *find(const char *name) {
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i]->name, name) == 0) return types[i];
    fprintf(stderr, "unknown message type %s\n", name);
    exit(2);
}

static uint64_t state;

static uint64_t next_random(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static char *random_text(void) {
    static const char *const pieces[] = {"a", "0", " ", "\"", "\\", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\n"};
    char *text = calloc(1, 64);
    for (uint64_t n = 1 + next_random() % 12; n > 0; n--)
        strcat(text, pieces[next_random() % (sizeof pieces / sizeof *pieces)]);
    return text;
}

static ProtobufCMessage *random_message(const ProtobufCMessageDescriptor *type, int depth);

static size_t size_of(ProtobufCType type) {
    switch (type) {
    case PROTOBUF_C_TYPE_INT64: case PROTOBUF_C_TYPE_SINT64: case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_UINT64: case PROTOBUF_C_TYPE_FIXED64: case PROTOBUF_C_TYPE_DOUBLE: return 8;
    case PROTOBUF_C_TYPE_BYTES: return sizeof(ProtobufCBinaryData);
    case PROTOBUF_C_TYPE_STRING: case PROTOBUF_C_TYPE_MESSAGE: return sizeof(void *);
    case PROTOBUF_C_TYPE_BOOL: return sizeof(protobuf_c_boolean);
    default: return 4;
    }
}

static void fill(void *place, const ProtobufCFieldDescriptor *field, int depth) {
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING: *(char **)place = random_text(); break;
    case PROTOBUF_C_TYPE_MESSAGE: *(ProtobufCMessage **)place = random_message(field->descriptor, depth + 1); break;
    case PROTOBUF_C_TYPE_BYTES: {
        ProtobufCBinaryData *bytes = place;
        bytes->data = (uint8_t *)random_text();
        bytes->len = strlen((char *)bytes->data);
        break;
    }
    case PROTOBUF_C_TYPE_BOOL: *(protobuf_c_boolean *)place = 1; break;
    case PROTOBUF_C_TYPE_DOUBLE: *(double *)place = (double)(int64_t)next_random() / 1024; break;
    case PROTOBUF_C_TYPE_FLOAT: *(float *)place = (float)(next_random() % 100000) / 8 + 1; break;
    case PROTOBUF_C_TYPE_ENUM: {
        const ProtobufCEnumDescriptor *values = field->descriptor;
        *(int32_t *)place = values->values[next_random() % values->n_values].value;
        break;
    }
    default: {
        /* Of every length that a number can have on the wire. */
        uint64_t number = next_random() >> (next_random() % 64);
        if (number == 0) number = 1;
        memcpy(place, &number, size_of(field->type));
    }
    }
}

static ProtobufCMessage *random_message(const ProtobufCMessageDescriptor *type, int depth) {
    ProtobufCMessage *message = calloc(1, type->sizeof_message);
    type->message_init(message);
    for (unsigned i = 0; i < type->n_fields; i++) {
        const ProtobufCFieldDescriptor *field = &type->fields[i];
        char *base = (char *)message;
        if (next_random() % 3 == 0 || (depth > 3 && field->type == PROTOBUF_C_TYPE_MESSAGE)) continue;
        if (field->label == PROTOBUF_C_LABEL_REPEATED) {
            size_t count = next_random() % 4, width = size_of(field->type);
            *(size_t *)(base + field->quantifier_offset) = count;
            char *elements = calloc(count + 1, width);
            *(void **)(base + field->offset) = elements;
            for (size_t n = 0; n < count; n++) fill(elements + n * width, field, depth);
        } else {
            if (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) {
                uint32_t *chosen = (uint32_t *)(base + field->quantifier_offset);
                if (*chosen != 0) continue;
                *chosen = field->id;
            }
            fill(base + field->offset, field, depth);
        }
    }
    return message;
}

static int read_exactly(void *place, size_t count) { return fread(place, 1, count, stdin) == count; }

static uint32_t read_number(void) {
    uint32_t number;
    if (!read_exactly(&number, 4)) exit(2);
    return ntohl(number);
}

static void answer(const ProtobufCMessage *message) {
    uint32_t length = message ? protobuf_c_message_get_packed_size(message) : UINT32_MAX, wire = htonl(length);
    fwrite(&wire, 4, 1, stdout);
    if (message) {
        uint8_t *body = malloc(length + 1);
        protobuf_c_message_pack(message, body);
        fwrite(body, 1, length, stdout);
        free(body);
    }
}

int main(void) {
    int kind;
    while ((kind = getchar()) != EOF) {
        uint32_t length = read_number();
        char *name = calloc(1, length + 1);
        if (!read_exactly(name, length)) return 2;
        const ProtobufCMessageDescriptor *type = find(name);
        if (kind == 'M') {
            state = (uint64_t)read_number() * 2654435761u + 88172645463325252u;
            answer(random_message(type, 0));
        } else {
            length = read_number();
            uint8_t *body = malloc(length + 1);
            if (!read_exactly(body, length)) return 2;
            ProtobufCMessage *message = protobuf_c_message_unpack(type, NULL, length, body);
            answer(message);
            if (message) protobuf_c_message_free_unpacked(message, NULL);
            free(body);
        }
        free(name);
    }
    return 0;
}
