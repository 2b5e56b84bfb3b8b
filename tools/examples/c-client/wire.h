/* Frames of ttRPC over a TCP or unix socket, with a deadline on every wait.
 *
 * A frame is a header of 10 bytes and a body: 4 bytes body length, 4 bytes stream id, 1 byte type, 1 byte flags, all big
 * endian. The client's streams have odd ids, each used once. */
#ifndef HUB_WIRE_H
#define HUB_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WIRE_LONGEST_BODY ((size_t)4 << 20)

enum wire_type { WIRE_REQUEST = 0x01, WIRE_RESPONSE = 0x02, WIRE_DATA = 0x03 };

/* REMOTE_CLOSED: the sender's last frame of this stream. NO_DATA: the frame holds no message. */
enum wire_flag { WIRE_REMOTE_CLOSED = 0x01, WIRE_REMOTE_OPEN = 0x02, WIRE_NO_DATA = 0x04 };

/* The numbers of google.rpc.Code that this program names itself. */
enum wire_code {
    WIRE_OK = 0,
    WIRE_UNKNOWN = 2,
    WIRE_INVALID_ARGUMENT = 3,
    WIRE_DEADLINE_EXCEEDED = 4,
    WIRE_NOT_FOUND = 5,
    WIRE_ALREADY_EXISTS = 6,
    WIRE_PERMISSION_DENIED = 7,
    WIRE_RESOURCE_EXHAUSTED = 8,
    WIRE_FAILED_PRECONDITION = 9,
    WIRE_ABORTED = 10,
    WIRE_OUT_OF_RANGE = 11,
    WIRE_INTERNAL = 13,
    WIRE_UNAVAILABLE = 14,
    WIRE_UNAUTHENTICATED = 16,
};

/* Why something failed, as the server said it or as this program found out. */
struct failure {
    int code;
    char reason[64]; /* the stable name of the cause, or empty */
    char message[512];
};

/* Fills in a failure without a reason, and returns false. */
bool fail(struct failure *failure, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

struct frame {
    uint32_t stream;
    uint8_t type;
    uint8_t flags;
    size_t length;
    const uint8_t *body; /* valid until the next frame is read; NULL if it was longer than WIRE_LONGEST_BODY */
};

struct wire {
    int socket;
    uint8_t *body;
    size_t capacity;
};

/* The time now, of a clock that only goes forward, in nanoseconds. Deadlines are moments of this clock. */
int64_t wire_now(void);

/* Connects to HOST:PORT, [IPv6]:PORT or unix:PATH. What it opened is closed with wire_close. */
bool wire_connect(struct wire *wire, const char *address, int64_t deadline, struct failure *failure);

/* Sends one frame. Its body is at most WIRE_LONGEST_BODY long. */
bool wire_send(struct wire *wire, const struct frame *frame, int64_t deadline, struct failure *failure);

/* Reads one frame. After a failure other than WIRE_DEADLINE_EXCEEDED the connection is of no more use. */
bool wire_receive(struct wire *wire, struct frame *frame, int64_t deadline, struct failure *failure);

void wire_close(struct wire *wire);

#endif
