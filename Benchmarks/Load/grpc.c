// gRPC over HTTP/2, by nghttp2.
#include "load.h"

#include <nghttp2/nghttp2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { window = 16 * 1024 * 1024, stalled_window = 64 * 1024 };

typedef struct {
    uint64_t started;
    const Buffer *body;
    size_t sent, received;
    bool ended_well;
} Call;

typedef struct {
    nghttp2_session *session;
    uint64_t now;
} State;

static Buffer request;  // the message with gRPC's prefix of five bytes
static Buffer endless;  // the same for the stream that nobody takes
static Buffer expected; // all messages of an answer with theirs
static char path[64];

static void append_message(Buffer *buffer, const Buffer *message) {
    uint8_t prefix[5] = {0};
    put_big_endian(prefix + 1, (uint32_t)buffer_count(message));
    buffer_append(buffer, prefix, sizeof prefix);
    buffer_append(buffer, message->bytes, buffer_count(message));
}

static void make_messages(void) {
    const Work *work = &options.work;
    append_message(&request, &work->request);
    append_message(&endless, &work->endless);
    for (size_t i = 0; i < work->response_count; i++) append_message(&expected, &work->responses[i]);
    snprintf(path, sizeof path, "/bench.Echo/%s", work->name);
}

static ssize_t give_body(nghttp2_session *session, int32_t stream, uint8_t *room, size_t count, uint32_t *flags,
                         nghttp2_data_source *source, void *connection) {
    (void)session, (void)stream, (void)connection;
    Call *call = source->ptr;
    size_t left = buffer_count(call->body) - call->sent;
    if (count >= left) {
        count = left;
        *flags |= NGHTTP2_DATA_FLAG_EOF;
    }
    memcpy(room, call->body->bytes + call->sent, count);
    call->sent += count;
    return (ssize_t)count;
}

static int data_came(nghttp2_session *session, uint8_t flags, int32_t stream, const uint8_t *bytes, size_t count,
                     void *connection) {
    (void)flags;
    Call *call = nghttp2_session_get_stream_user_data(session, stream);
    nghttp2_session_consume_connection(session, count);
    if (call->body == &endless) {
        ((Connection *)connection)->is_stalled = true;
        return 0;
    }
    nghttp2_session_consume_stream(session, stream, count);
    if (call->received + count > buffer_count(&expected) ||
        memcmp(expected.bytes + call->received, bytes, count) != 0) {
        fail("a wrong answer: %zu bytes after %zu of %zu", count, call->received, buffer_count(&expected));
    }
    call->received += count;
    return 0;
}

static int header_came(nghttp2_session *session, const nghttp2_frame *frame, const uint8_t *name, size_t name_count,
                       const uint8_t *value, size_t value_count, uint8_t flags, void *connection) {
    (void)flags, (void)connection;
    if (name_count != 11 || memcmp(name, "grpc-status", 11) != 0) return 0;
    Call *call = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    call->ended_well = value_count == 1 && value[0] == '0';
    if (!call->ended_well) fail("a call failed with status %.*s", (int)value_count, (const char *)value);
    return 0;
}

static int stream_closed(nghttp2_session *session, int32_t stream, uint32_t code, void *user) {
    Connection *connection = user;
    State *state = connection->state;
    Call *call = nghttp2_session_get_stream_user_data(session, stream);
    if (code != NGHTTP2_NO_ERROR || !call->ended_well) fail("a call was reset with code %u", code);
    if (call->received != buffer_count(&expected)) fail("an answer ended after %zu bytes", call->received);
    call_ended(connection, call->started, state->now);
    free(call);
    return 0;
}

static void write_out(Connection *connection) {
    State *state = connection->state;
    const uint8_t *bytes;
    ssize_t count;
    while ((count = nghttp2_session_mem_send(state->session, &bytes)) > 0) {
        buffer_append(&connection->output, bytes, (size_t)count);
    }
    if (count < 0) fail("HTTP/2: %s", nghttp2_strerror((int)count));
}

static void opened(Connection *connection) {
    if (buffer_count(&request) == 0) make_messages();
    State *state = calloc(1, sizeof *state);
    nghttp2_session_callbacks *callbacks;
    nghttp2_option *option;
    if (!state || nghttp2_session_callbacks_new(&callbacks) != 0 || nghttp2_option_new(&option) != 0) {
        fail("out of memory");
    }
    nghttp2_option_set_no_auto_window_update(option, 1);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, data_came);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, header_came);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, stream_closed);
    if (nghttp2_session_client_new2(&state->session, callbacks, connection, option) != 0) fail("out of memory");
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_option_del(option);
    uint32_t stream_window = options.stalled ? stalled_window : window;
    nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, stream_window}};
    nghttp2_submit_settings(state->session, NGHTTP2_FLAG_NONE, settings, 1);
    nghttp2_session_set_local_window_size(state->session, NGHTTP2_FLAG_NONE, 0, window);
    connection->state = state;
    write_out(connection);
}

#define HEADER(name, value) {(uint8_t *)(name), (uint8_t *)(value), strlen(name), strlen(value), NGHTTP2_NV_FLAG_NONE}

static void submit(Connection *connection, const char *method_path, const Buffer *message, uint64_t now) {
    State *state = connection->state;
    Call *call = calloc(1, sizeof *call);
    if (!call) fail("out of memory");
    call->started = now;
    call->body = message;
    const nghttp2_nv headers[] = {
        HEADER(":method", "POST"),
        HEADER(":scheme", options.tls ? "https" : "http"),
        HEADER(":path", method_path),
        HEADER(":authority", "localhost"),
        HEADER("te", "trailers"),
        HEADER("content-type", "application/grpc"),
        HEADER("grpc-timeout", "30S"),
        HEADER("authorization", authorization),
    };
    nghttp2_data_provider body = {.source = {.ptr = call}, .read_callback = give_body};
    int32_t stream =
        nghttp2_submit_request(state->session, NULL, headers, sizeof headers / sizeof *headers, &body, call);
    if (stream < 0) fail("HTTP/2: %s", nghttp2_strerror(stream));
}

static void start(Connection *connection, uint64_t now) {
    submit(connection, path, &request, now);
    write_out(connection);
}

static void stall(Connection *connection) {
    submit(connection, "/bench.Echo/Stream", &endless, now_ns());
    write_out(connection);
}

static void received(Connection *connection, uint64_t now) {
    State *state = connection->state;
    Buffer *input = &connection->input;
    state->now = now;
    ssize_t count = nghttp2_session_mem_recv(state->session, input->bytes + input->start, buffer_count(input));
    if (count < 0) fail("HTTP/2: %s", nghttp2_strerror((int)count));
    buffer_drop(input, (size_t)count);
    write_out(connection);
}

const Protocol grpc = {"grpc", "\x02h2", opened, start, received, stall};
