#define _GNU_SOURCE
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { read_size = 256 * 1024 };

static SSL *tls_open(int socket, const char *alpn) {
    static SSL_CTX *context;
    if (!context) {
        context = SSL_CTX_new(TLS_client_method());
        if (!context) fail("TLS cannot be set up");
        SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
        SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256"); // the same for every subject
        SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
        if (alpn) SSL_CTX_set_alpn_protos(context, (const unsigned char *)alpn, (unsigned)strlen(alpn));
    }
    SSL *tls = SSL_new(context);
    if (!tls || SSL_set_fd(tls, socket) != 1 || SSL_connect(tls) != 1) fail("the TLS handshake failed");
    return tls;
}

void connection_open(Connection *connection, int poller, int port, bool tls, const Protocol *protocol) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    int one = 1;
    memset(connection, 0, sizeof *connection);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connection->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection->socket < 0) fail("no socket: %s", strerror(errno));
    if (connect(connection->socket, (struct sockaddr *)&address, sizeof address) != 0) {
        fail("cannot connect to port %d: %s", port, strerror(errno));
    }
    setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    connection->protocol = protocol;
    if (tls) connection->tls = tls_open(connection->socket, protocol->alpn);
    fcntl(connection->socket, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {EPOLLIN, {.ptr = connection}};
    if (epoll_ctl(poller, EPOLL_CTL_ADD, connection->socket, &event) != 0) fail("epoll: %s", strerror(errno));
    protocol->opened(connection);
}

void connection_close(Connection *connection) {
    if (connection->tls) SSL_free(connection->tls);
    close(connection->socket);
}

// Both return what was moved, 0 when the socket is not ready.
static size_t receive(Connection *connection, void *bytes, size_t count) {
    ssize_t moved;
    if (connection->tls) {
        moved = SSL_read(connection->tls, bytes, (int)count);
        if (moved <= 0 && SSL_get_error(connection->tls, (int)moved) == SSL_ERROR_WANT_READ) return 0;
    } else {
        moved = read(connection->socket, bytes, count);
        if (moved < 0 && errno == EAGAIN) return 0;
    }
    if (moved <= 0) fail("the server closed a connection");
    return (size_t)moved;
}

static size_t send_some(Connection *connection) {
    const uint8_t *bytes = connection->output.bytes + connection->output.start;
    size_t count = buffer_count(&connection->output);
    ssize_t moved;
    if (connection->tls) {
        moved = SSL_write(connection->tls, bytes, (int)count);
        if (moved <= 0 && SSL_get_error(connection->tls, (int)moved) == SSL_ERROR_WANT_WRITE) return 0;
    } else {
        moved = send(connection->socket, bytes, count, MSG_NOSIGNAL);
        if (moved < 0 && errno == EAGAIN) return 0;
    }
    if (moved <= 0) fail("the server closed a connection");
    return (size_t)moved;
}

void connection_read(Connection *connection, uint64_t now) {
    size_t total = 0, count;
    do {
        uint8_t *room = buffer_reserve(&connection->input, read_size);
        count = receive(connection, room, read_size);
        connection->input.end += count;
        total += count;
        // A TLS record is 16 KiB at most, so there may be more; a plain read has taken all there was.
    } while (connection->tls && count > 0 && total < read_size);
    if (total > 0) connection->protocol->received(connection, now);
}

static void await_output(Connection *connection, int poller, bool awaits) {
    if (connection->awaits_output == awaits) return;
    connection->awaits_output = awaits;
    struct epoll_event event = {awaits ? EPOLLIN | EPOLLOUT : EPOLLIN, {.ptr = connection}};
    if (epoll_ctl(poller, EPOLL_CTL_MOD, connection->socket, &event) != 0) fail("epoll: %s", strerror(errno));
}

void connection_flush(Connection *connection, int poller) {
    while (buffer_count(&connection->output) > 0) {
        size_t count = send_some(connection);
        if (count == 0) return await_output(connection, poller, true);
        buffer_drop(&connection->output, count);
    }
    await_output(connection, poller, false);
}
