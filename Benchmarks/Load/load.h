// A load generator for `tools/bench rpc`: one thread, epoll, every answer compared with the one expected.
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Says what went wrong and ends the program.
_Noreturn void fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

// ---- Bytes that come in or go out

typedef struct {
    uint8_t *bytes;
    size_t start, end, capacity;
} Buffer;

size_t buffer_count(const Buffer *buffer);
// Room for `count` more bytes at the end.
uint8_t *buffer_reserve(Buffer *buffer, size_t count);
void buffer_append(Buffer *buffer, const void *bytes, size_t count);
// Appends a protobuf number, or a field of bytes.
void buffer_varint(Buffer *buffer, uint64_t value);
void buffer_field(Buffer *buffer, unsigned number, const void *bytes, size_t count);
void buffer_drop(Buffer *buffer, size_t count);
uint32_t big_endian(const uint8_t *bytes);
void put_big_endian(uint8_t *bytes, uint32_t value);

// ---- What is asked and what must be answered

enum { stream_messages = 1000 };

typedef enum { method_echo, method_stream } Method;

typedef struct {
    Method method;
    const char *name;
    Buffer request;    // the message
    Buffer endless;    // the message that asks for a stream without end
    Buffer *responses; // the messages that must come back
    size_t response_count;
} Work;

extern const char *const authorization;
void make_work(Work *work, Method method, size_t blob);

// ---- Connections

typedef struct Connection Connection;

// How requests and answers look on the wire. Functions take whole frames off `input` and append to `output`.
typedef struct {
    const char *name;
    const char *alpn; // in the form of TLS: length, name
    void (*opened)(Connection *connection);
    void (*start)(Connection *connection, uint64_t now);
    void (*received)(Connection *connection, uint64_t now);
    // Opens a stream whose answers are never taken; NULL where the protocol has no flow control.
    void (*stall)(Connection *connection);
} Protocol;

extern const Protocol ttrpc, frames, grpc;

struct Connection {
    int socket;
    void *tls;
    bool awaits_output;
    bool is_stalled; // messages of the stream that nobody takes have come
    Buffer input, output;
    const Protocol *protocol;
    void *state; // the protocol's
};

// Connects to a port of this machine; also finishes the TLS handshake. Non-blocking from then on.
void connection_open(Connection *connection, int poller, int port, bool tls, const Protocol *protocol);
void connection_flush(Connection *connection, int poller);
// Reads what there is and lets the protocol take it.
void connection_read(Connection *connection, uint64_t now);
void connection_close(Connection *connection);

// ---- The run

typedef struct {
    const Protocol *protocol;
    Work work;
    int port, connections, depth, idle;
    pid_t server;
    double seconds, warm_up;
    bool tls, stalled;
} Options;

extern Options options;

// Called by protocols when a call has been answered in full.
void call_ended(Connection *connection, uint64_t started, uint64_t now);

uint64_t now_ns(void);

// ---- Figures

typedef struct {
    uint64_t counts[4096];
} Histogram;

void histogram_add(Histogram *histogram, uint64_t nanoseconds);
double histogram_us(const Histogram *histogram, double share);
// Processor time and resident memory of another process.
double process_seconds(pid_t process);
double process_kib(pid_t process);

#endif
