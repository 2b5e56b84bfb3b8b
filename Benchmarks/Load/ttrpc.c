// ttRPC's frames; and the same frames as the NIO echo sends them back. The extension only for a stalled stream.
#include "load.h"

#include <stdlib.h>
#include <string.h>

enum {
    header_size = 10,
    type_request = 0x01,
    type_response = 0x02,
    type_data = 0x03,
    type_settings = 0x80,
    flag_remote_closed = 0x01,
    flag_ack = 0x01,
    feature_flow_control = 1,
    stalled_window = 64 * 1024,
    slots = 4096, // more than calls ever run at a time
};

typedef struct {
    uint64_t started;
    size_t received;
} Call;

typedef struct {
    uint32_t next;
    uint32_t stalled; // the stream that nobody takes; 0 before it is opened
    Call *calls;
} State;

static const uint32_t connection_stream = 0xFFFFFFFF;

static Buffer request; // one whole frame; only the stream id changes
static Buffer echoed;  // what comes back in a Response
static Buffer streamed;

static void append_header(Buffer *buffer, size_t length, uint8_t type, uint8_t flags) {
    uint8_t header[header_size] = {0};
    put_big_endian(header, (uint32_t)length);
    header[8] = type;
    header[9] = flags;
    buffer_append(buffer, header, header_size);
}

// A request as our clients send it: with a deadline and a token.
static Buffer make_request(const char *method, const Buffer *message, uint8_t flags, const Buffer *offer) {
    static const char service[] = "bench.Echo", key[] = "authorization";
    Buffer envelope = {0}, token = {0}, frame = {0};
    buffer_field(&envelope, 1, service, strlen(service));
    buffer_field(&envelope, 2, method, strlen(method));
    buffer_field(&envelope, 3, message->bytes, buffer_count(message));
    buffer_varint(&envelope, 4 << 3);
    buffer_varint(&envelope, 30000000000);
    buffer_field(&token, 1, key, strlen(key));
    buffer_field(&token, 2, authorization, strlen(authorization));
    buffer_field(&envelope, 5, token.bytes, buffer_count(&token));
    if (offer) buffer_field(&envelope, 1900, offer->bytes, buffer_count(offer));
    append_header(&frame, buffer_count(&envelope), type_request, flags);
    buffer_append(&frame, envelope.bytes, buffer_count(&envelope));
    return frame;
}

static void make_frames(void) {
    const Work *work = &options.work;
    request = make_request(work->name, &work->request, work->method == method_stream ? flag_remote_closed : 0, NULL);
    if (options.protocol == &ttrpc) {
        buffer_field(&echoed, 2, work->responses[0].bytes, buffer_count(&work->responses[0]));
    } else {
        size_t last = buffer_count(&work->responses[work->response_count - 1]);
        buffer_append(&echoed, request.bytes + header_size, buffer_count(&request) - header_size);
        buffer_append(&streamed, request.bytes + buffer_count(&request) - last, last);
    }
}

static void opened(Connection *connection) {
    if (buffer_count(&request) == 0) make_frames();
    State *state = calloc(1, sizeof *state);
    if (!state) fail("out of memory");
    state->next = 1;
    state->calls = calloc(options.idle > 0 ? 1 : slots, sizeof(Call));
    if (!state->calls) fail("out of memory");
    connection->state = state;
}

static Call *call_of(State *state, uint32_t stream) {
    return &state->calls[options.idle > 0 ? 0 : (stream >> 1) % slots];
}

static uint32_t append_request(Connection *connection, const Buffer *frame) {
    State *state = connection->state;
    uint32_t stream = state->next;
    state->next += 2;
    size_t count = buffer_count(frame);
    uint8_t *bytes = buffer_reserve(&connection->output, count);
    memcpy(bytes, frame->bytes, count);
    put_big_endian(bytes + 4, stream);
    connection->output.end += count;
    return stream;
}

static void start(Connection *connection, uint64_t now) {
    *call_of(connection->state, append_request(connection, &request)) = (Call){.started = now};
}

static bool equals(const Buffer *expected, const uint8_t *bytes, size_t count) {
    return buffer_count(expected) == count && memcmp(expected->bytes, bytes, count) == 0;
}

static Buffer make_settings(void) {
    Buffer settings = {0};
    const uint64_t fields[][2] = {{1, 1}, {3, stalled_window}, {4, 1 << 20}, {9, feature_flow_control}};
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
        buffer_varint(&settings, fields[i][0] << 3);
        buffer_varint(&settings, fields[i][1]);
    }
    return settings;
}

// Offers the extension with an ordinary call; its settings will be answered by `settled`.
static void stall(Connection *connection) {
    Buffer settings = make_settings();
    Buffer frame = make_request(options.work.name, &options.work.request, 0, &settings);
    *call_of(connection->state, append_request(connection, &frame)) = (Call){.started = now_ns()};
}

// The server speaks the extension: from here on flow control holds, and a stream can be left alone.
static void settled(Connection *connection) {
    State *state = connection->state;
    if (!options.stalled || state->stalled != 0) fail("settings that nobody asked for");
    Buffer settings = make_settings();
    append_header(&connection->output, buffer_count(&settings), type_settings, flag_ack);
    put_big_endian(connection->output.bytes + connection->output.end - header_size + 4, connection_stream);
    buffer_append(&connection->output, settings.bytes, buffer_count(&settings));
    Buffer frame = make_request("Stream", &options.work.endless, flag_remote_closed, NULL);
    state->stalled = append_request(connection, &frame);
}

static void receive_data(Call *call, uint8_t flags, const uint8_t *body, size_t length, Connection *connection,
                         uint64_t now) {
    if (flags & flag_remote_closed) {
        if (call->received != options.work.response_count) fail("a stream ended after %zu messages", call->received);
        call_ended(connection, call->started, now);
        return;
    }
    if (call->received >= options.work.response_count) fail("a stream has too many messages");
    const Buffer *expected = options.protocol == &ttrpc ? &options.work.responses[call->received] : &streamed;
    if (!equals(expected, body, length)) fail("message %zu of a stream is wrong", call->received);
    call->received++;
}

static void receive(Connection *connection, const uint8_t *frame, size_t length, uint64_t now) {
    State *state = connection->state;
    const uint8_t *body = frame + header_size;
    uint32_t stream = big_endian(frame + 4);
    Call *call = call_of(state, stream);
    bool streams = options.work.method == method_stream;
    if (frame[8] == type_settings && stream == connection_stream) {
        settled(connection);
    } else if (frame[8] == type_data && stream == state->stalled) {
        connection->is_stalled = true;
    } else if (frame[8] == type_data && streams) {
        receive_data(call, frame[9], body, length, connection, now);
    } else if (frame[8] == type_response && !streams && stream != state->stalled) {
        if (!equals(&echoed, body, length)) fail("a wrong answer: %.*s", (int)(length < 200 ? length : 200), body);
        call_ended(connection, call->started, now);
    } else {
        fail("a frame of type 0x%02x that is no answer: %.*s", frame[8], (int)(length < 200 ? length : 200), body);
    }
}

static void received(Connection *connection, uint64_t now) {
    Buffer *input = &connection->input;
    while (buffer_count(input) >= header_size) {
        const uint8_t *frame = input->bytes + input->start;
        size_t length = big_endian(frame);
        if (buffer_count(input) < header_size + length) break;
        receive(connection, frame, length, now);
        buffer_drop(input, header_size + length);
    }
}

const Protocol ttrpc = {"ttrpc", NULL, opened, start, received, stall};
const Protocol frames = {"frames", NULL, opened, start, received, NULL};
