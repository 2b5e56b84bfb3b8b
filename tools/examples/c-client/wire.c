#include "wire.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define HEADER_LENGTH 10

bool fail(struct failure *failure, int code, const char *format, ...) {
    va_list arguments;
    failure->code = code;
    failure->reason[0] = '\0';
    va_start(arguments, format);
    vsnprintf(failure->message, sizeof failure->message, format, arguments);
    va_end(arguments);
    return false;
}

int64_t wire_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* Waits until the socket can be read from or written to, as `events` asks. */
static bool await(int socket, short events, int64_t deadline, struct failure *failure) {
    for (;;) {
        int64_t left = deadline - wire_now();
        if (left <= 0) return fail(failure, WIRE_DEADLINE_EXCEEDED, "no answer from the server in time");
        int64_t milliseconds = left / 1000000 + 1;
        struct pollfd asked = {.fd = socket, .events = events};
        int ready = poll(&asked, 1, milliseconds > 60000 ? 60000 : (int)milliseconds);
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return fail(failure, WIRE_UNAVAILABLE, "poll: %s", strerror(errno));
    }
}

static bool connect_socket(
    struct wire *wire, int family, const struct sockaddr *address, socklen_t length, int64_t deadline,
    struct failure *failure) {
    wire->socket = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (wire->socket < 0) return fail(failure, WIRE_UNAVAILABLE, "socket: %s", strerror(errno));
    int error = connect(wire->socket, address, length) == 0 ? 0 : errno;
    if (error == EINPROGRESS || error == EINTR) {
        socklen_t size = sizeof error;
        if (!await(wire->socket, POLLOUT, deadline, failure)) goto close;
        if (getsockopt(wire->socket, SOL_SOCKET, SO_ERROR, &error, &size) < 0) error = errno;
    }
    if (error == 0) return true;
    fail(failure, WIRE_UNAVAILABLE, "cannot connect: %s", strerror(error));
close:
    close(wire->socket);
    wire->socket = -1;
    return false;
}

static bool connect_unix(struct wire *wire, const char *path, int64_t deadline, struct failure *failure) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof address.sun_path)
        return fail(failure, WIRE_INVALID_ARGUMENT, "the path of the socket is empty or too long");
    memcpy(address.sun_path, path, length + 1);
    return connect_socket(wire, AF_UNIX, (const struct sockaddr *)&address, sizeof address, deadline, failure);
}

/* Cuts HOST:PORT or [IPv6]:PORT in two. */
static bool split(const char *address, char host[static NI_MAXHOST], const char **port, struct failure *failure) {
    const char *colon = strrchr(address, ':');
    if (colon == NULL || colon[1] == '\0')
        return fail(failure, WIRE_INVALID_ARGUMENT, "'%s' is neither HOST:PORT nor unix:PATH", address);
    const char *begin = address, *end = colon;
    if (*begin == '[' && end - begin >= 2 && end[-1] == ']') begin++, end--;
    size_t length = (size_t)(end - begin);
    if (length == 0 || length >= NI_MAXHOST)
        return fail(failure, WIRE_INVALID_ARGUMENT, "'%s' names no host", address);
    memcpy(host, begin, length);
    host[length] = '\0';
    *port = colon + 1;
    return true;
}

static bool connect_tcp(struct wire *wire, const char *address, int64_t deadline, struct failure *failure) {
    char host[NI_MAXHOST];
    const char *port = NULL;
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV}, *found;
    if (!split(address, host, &port, failure)) return false;
    int error = getaddrinfo(host, port, &hints, &found);
    if (error != 0) return fail(failure, WIRE_UNAVAILABLE, "cannot find %s: %s", address, gai_strerror(error));

    bool connected = false;
    for (struct addrinfo *each = found; each != NULL && !connected; each = each->ai_next)
        connected = connect_socket(wire, each->ai_family, each->ai_addr, each->ai_addrlen, deadline, failure);
    freeaddrinfo(found);
    int on = 1; /* a request must not wait for the acknowledgement of the one before */
    if (connected) setsockopt(wire->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    return connected;
}

bool wire_connect(struct wire *wire, const char *address, int64_t deadline, struct failure *failure) {
    *wire = (struct wire){.socket = -1};
    if (strncmp(address, "unix:", 5) == 0) return connect_unix(wire, address + 5, deadline, failure);
    return connect_tcp(wire, address, deadline, failure);
}

static bool lost(struct failure *failure) {
    return fail(failure, WIRE_UNAVAILABLE, "the connection broke: %s", strerror(errno));
}

/* Sends header and body together: small frames should leave in one packet. */
bool wire_send(struct wire *wire, const struct frame *frame, int64_t deadline, struct failure *failure) {
    uint8_t header[HEADER_LENGTH] = {[8] = frame->type, [9] = frame->flags};
    uint32_t length = htonl((uint32_t)frame->length), stream = htonl(frame->stream);
    if (frame->length > WIRE_LONGEST_BODY) return fail(failure, WIRE_RESOURCE_EXHAUSTED, "the request is too long");
    memcpy(header, &length, 4);
    memcpy(header + 4, &stream, 4);

    size_t total = HEADER_LENGTH + frame->length, sent = 0;
    while (sent < total) {
        size_t of_header = sent < HEADER_LENGTH ? HEADER_LENGTH - sent : 0;
        size_t of_body = sent > HEADER_LENGTH ? sent - HEADER_LENGTH : 0;
        struct iovec parts[2] = {
            {.iov_base = header + HEADER_LENGTH - of_header, .iov_len = of_header},
            {.iov_base = (uint8_t *)frame->body + of_body, .iov_len = frame->length - of_body},
        };
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = frame->length > of_body ? 2 : 1};
        ssize_t count = sendmsg(wire->socket, &message, MSG_NOSIGNAL);
        if (count >= 0) sent += (size_t)count;
        else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            if (!await(wire->socket, POLLOUT, deadline, failure)) return false;
        } else if (errno != EINTR) return lost(failure);
    }
    return true;
}

static bool receive_exactly(struct wire *wire, uint8_t *place, size_t length, int64_t deadline, struct failure *failure) {
    while (length > 0) {
        ssize_t count = recv(wire->socket, place, length, 0);
        if (count == 0) return fail(failure, WIRE_UNAVAILABLE, "the server closed the connection");
        if (count > 0) {
            place += count;
            length -= (size_t)count;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            if (!await(wire->socket, POLLIN, deadline, failure)) return false;
        } else if (errno != EINTR) return lost(failure);
    }
    return true;
}

/* Reads a body that is longer than any may be, and forgets it. */
static bool skip(struct wire *wire, size_t length, int64_t deadline, struct failure *failure) {
    uint8_t rubbish[4096];
    while (length > 0) {
        size_t part = length < sizeof rubbish ? length : sizeof rubbish;
        if (!receive_exactly(wire, rubbish, part, deadline, failure)) return false;
        length -= part;
    }
    return true;
}

/* Makes room for a body of at most WIRE_LONGEST_BODY. */
static bool reserve(struct wire *wire, size_t length, struct failure *failure) {
    if (length <= wire->capacity) return true;
    uint8_t *body = realloc(wire->body, length);
    if (body == NULL) return fail(failure, WIRE_RESOURCE_EXHAUSTED, "no memory for an answer of %zu bytes", length);
    wire->body = body;
    wire->capacity = length;
    return true;
}

bool wire_receive(struct wire *wire, struct frame *frame, int64_t deadline, struct failure *failure) {
    uint8_t header[HEADER_LENGTH];
    uint32_t length, stream;
    if (!receive_exactly(wire, header, sizeof header, deadline, failure)) return false;
    memcpy(&length, header, 4);
    memcpy(&stream, header + 4, 4);
    *frame = (struct frame){
        .stream = ntohl(stream), .type = header[8], .flags = header[9], .length = ntohl(length), .body = NULL};
    if (header[0] != 0) return fail(failure, WIRE_INTERNAL, "what the server sends is not ttRPC");
    if (frame->length > WIRE_LONGEST_BODY) return skip(wire, frame->length, deadline, failure);
    if (!reserve(wire, frame->length + 1, failure)) return false; /* so that an empty body is not NULL */
    frame->body = wire->body;
    return receive_exactly(wire, wire->body, frame->length, deadline, failure);
}

void wire_close(struct wire *wire) {
    if (wire->socket >= 0) close(wire->socket);
    free(wire->body);
    *wire = (struct wire){.socket = -1};
}
