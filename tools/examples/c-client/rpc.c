#include "rpc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "google/rpc/error_details.pb-c.h"
#include "ttrpc/ttrpc.pb-c.h"

bool rpc_connect(struct rpc *rpc, const char *address, int64_t timeout, struct failure *failure) {
    *rpc = (struct rpc){.next_stream = 1};
    return wire_connect(&rpc->wire, address, wire_now() + timeout, failure);
}

bool rpc_authorize(struct rpc *rpc, const char *token, struct failure *failure) {
    size_t size = strlen("Bearer ") + strlen(token) + 1;
    char *authorization = malloc(size);
    if (authorization == NULL) return fail(failure, WIRE_RESOURCE_EXHAUSTED, "no memory");
    snprintf(authorization, size, "Bearer %s", token);
    free(rpc->authorization);
    rpc->authorization = authorization;
    return true;
}

void rpc_close(struct rpc *rpc) {
    wire_close(&rpc->wire);
    free(rpc->authorization);
    rpc->authorization = NULL;
}

/* The encoded message, to be wiped and freed by the caller, or NULL. */
static uint8_t *pack(const ProtobufCMessage *message, size_t *length, struct failure *failure) {
    *length = protobuf_c_message_get_packed_size(message);
    uint8_t *bytes = *length <= WIRE_LONGEST_BODY ? malloc(*length + 1) : NULL;
    if (bytes == NULL) fail(failure, WIRE_RESOURCE_EXHAUSTED, "a request of %zu bytes is too long", *length);
    else protobuf_c_message_pack(message, bytes);
    return bytes;
}

static void wipe(uint8_t *bytes, size_t length) {
    if (bytes != NULL) explicit_bzero(bytes, length); /* it may hold a password */
    free(bytes);
}

/* Opens a stream with the request of a call. */
static bool open_call(
    struct rpc *rpc, const struct rpc_method *method, const ProtobufCMessage *message, uint8_t flags, int64_t deadline,
    uint32_t *stream, struct failure *failure) {
    Ttrpc__KeyValue authorization = TTRPC__KEY_VALUE__INIT;
    Ttrpc__KeyValue *metadata[] = {&authorization};
    Ttrpc__Request request = TTRPC__REQUEST__INIT;
    size_t length = 0;
    bool sent = false;

    if (rpc->next_stream > UINT32_MAX - 2) return fail(failure, WIRE_UNAVAILABLE, "the connection is used up");
    authorization.key = "authorization";
    authorization.value = rpc->authorization;
    request.service = (char *)method->service;
    request.method = (char *)method->name;
    request.metadata = metadata;
    request.n_metadata = rpc->authorization != NULL ? 1 : 0;
    request.payload.data = pack(message, &request.payload.len, failure);
    if (request.payload.data == NULL) return false;

    request.timeout_nano = deadline - wire_now();
    uint8_t *body = NULL;
    if (request.timeout_nano <= 0) fail(failure, WIRE_DEADLINE_EXCEEDED, "no time is left for the call");
    else body = pack(&request.base, &length, failure);
    if (body != NULL) {
        *stream = rpc->next_stream;
        rpc->next_stream += 2;
        struct frame frame = {.stream = *stream, .type = WIRE_REQUEST, .flags = flags, .length = length, .body = body};
        sent = wire_send(&rpc->wire, &frame, deadline, failure);
    }
    wipe(body, length);
    wipe(request.payload.data, request.payload.len);
    return sent;
}

/* Reads on to the next frame of a call. Frames of earlier calls and of unknown types mean nothing to it. */
static bool next_frame(
    struct rpc *rpc, uint32_t stream, struct frame *frame, int64_t deadline, struct failure *failure) {
    do {
        if (!wire_receive(&rpc->wire, frame, deadline, failure)) return false;
    } while (frame->stream != stream || (frame->type != WIRE_RESPONSE && frame->type != WIRE_DATA));
    if (frame->body == NULL)
        return fail(failure, WIRE_RESOURCE_EXHAUSTED, "an answer of %zu bytes is too long", frame->length);
    return true;
}

/* Copies the reason of the first ErrorInfo among the details. */
static void copy_reason(const Google__Rpc__Status *status, struct failure *failure) {
    for (size_t i = 0; i < status->n_details; i++) {
        const Google__Protobuf__Any *detail = status->details[i];
        const char *name = strrchr(detail->type_url, '/');
        if (name == NULL || strcmp(name, "/google.rpc.ErrorInfo") != 0) continue;
        Google__Rpc__ErrorInfo *cause = google__rpc__error_info__unpack(NULL, detail->value.len, detail->value.data);
        if (cause == NULL) continue;
        snprintf(failure->reason, sizeof failure->reason, "%s", cause->reason);
        google__rpc__error_info__free_unpacked(cause, NULL);
        return;
    }
}

/* The envelope of a response if it tells of success, else NULL. */
static Ttrpc__Response *successful(const struct frame *frame, struct failure *failure) {
    Ttrpc__Response *response = ttrpc__response__unpack(NULL, frame->length, frame->body);
    if (response == NULL) {
        fail(failure, WIRE_INTERNAL, "the server sent a response that cannot be read");
        return NULL;
    }
    if (response->status == NULL || response->status->code == WIRE_OK) return response;
    int code = response->status->code;
    fail(failure, code > 0 && code <= WIRE_UNAUTHENTICATED ? code : WIRE_UNKNOWN, "%s", response->status->message);
    copy_reason(response->status, failure);
    ttrpc__response__free_unpacked(response, NULL);
    return NULL;
}

static ProtobufCMessage *unpack(
    const ProtobufCMessageDescriptor *type, const uint8_t *bytes, size_t length, struct failure *failure) {
    ProtobufCMessage *message = protobuf_c_message_unpack(type, NULL, length, bytes);
    if (message == NULL) fail(failure, WIRE_INTERNAL, "the server sent a %s that cannot be read", type->name);
    return message;
}

ProtobufCMessage *rpc_unary(
    struct rpc *rpc, const struct rpc_method *method, const ProtobufCMessage *request, int64_t timeout,
    struct failure *failure) {
    int64_t deadline = wire_now() + timeout;
    struct frame frame;
    uint32_t stream;
    if (!open_call(rpc, method, request, 0, deadline, &stream, failure)) return NULL;
    if (!next_frame(rpc, stream, &frame, deadline, failure)) return NULL;
    if (frame.type != WIRE_RESPONSE) {
        fail(failure, WIRE_INTERNAL, "the server streams an answer to %s", method->name);
        return NULL;
    }
    Ttrpc__Response *response = successful(&frame, failure);
    if (response == NULL) return NULL;
    ProtobufCMessage *message = unpack(method->response, response->payload.data, response->payload.len, failure);
    ttrpc__response__free_unpacked(response, NULL);
    return message;
}

static bool take_message(
    const struct rpc_method *method, const uint8_t *bytes, size_t length, rpc_take *take, void *context,
    struct failure *failure) {
    ProtobufCMessage *message = unpack(method->response, bytes, length, failure);
    if (message == NULL) return false;
    bool taken = take(message, context, failure);
    protobuf_c_message_free_unpacked(message, NULL);
    return taken;
}

/* The end of a stream: an error, or success with perhaps one last message. */
static bool take_end(
    const struct rpc_method *method, const struct frame *frame, rpc_take *take, void *context, struct failure *failure) {
    Ttrpc__Response *response = successful(frame, failure);
    if (response == NULL) return false;
    const ProtobufCBinaryData *last = &response->payload;
    bool taken = last->len == 0 || take_message(method, last->data, last->len, take, context, failure);
    ttrpc__response__free_unpacked(response, NULL);
    return taken;
}

bool rpc_server_stream(
    struct rpc *rpc, const struct rpc_method *method, const ProtobufCMessage *request, int64_t timeout, rpc_take *take,
    void *context, struct failure *failure) {
    int64_t deadline = wire_now() + timeout;
    struct frame frame;
    uint32_t stream;
    if (!open_call(rpc, method, request, WIRE_REMOTE_CLOSED, deadline, &stream, failure)) return false;
    for (;;) {
        if (!next_frame(rpc, stream, &frame, deadline, failure)) return false;
        if (frame.type == WIRE_RESPONSE) return take_end(method, &frame, take, context, failure);
        bool has_message = (frame.flags & WIRE_NO_DATA) == 0;
        if (has_message && !take_message(method, frame.body, frame.length, take, context, failure)) return false;
        if (frame.flags & WIRE_REMOTE_CLOSED) return true;
    }
}

const char *rpc_code_name(int code) {
    static const char *const names[] = {
        "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
        "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
        "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
    };
    return code >= 0 && code < (int)(sizeof names / sizeof *names) ? names[code] : "UNKNOWN";
}
